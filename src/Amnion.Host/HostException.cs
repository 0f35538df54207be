namespace Amnion.Host;

/// <summary>A failure on the host's side, with its stable code. Messages never hold content of requests, answers or keys.</summary>
public abstract class HostException : Exception
{
    private protected HostException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The stable code, see <see cref="HostCodes"/>.</summary>
    public string Code { get; }
}
