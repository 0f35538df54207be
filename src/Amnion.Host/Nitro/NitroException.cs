namespace Amnion.Host.Nitro;

/// <summary>An enclave on EC2 could not be started or did not come up: what failed, and what to do about it.</summary>
public sealed class NitroException : HostException
{
    internal NitroException(string code, string message, string hint, int error = 0, Exception? inner = null)
        : base(code, message, inner)
    {
        Hint = hint;
        Error = error;
    }

    /// <summary>What to do, in one line.</summary>
    public string Hint { get; }

    /// <summary>The driver's or the kernel's error number; 0 where none came from there.</summary>
    public int Error { get; }
}
