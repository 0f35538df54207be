namespace Amnion.KeyBroker;

/// <summary>The key broker cannot do what was asked. The message says what to do and never holds key material.</summary>
public sealed class KeyBrokerException : Exception
{
    internal KeyBrokerException(string code, string message, Exception? inner = null)
        : base($"{code}: {message}", inner) => Code = code;

    /// <summary>The stable code, one of <see cref="KeyBrokerCodes"/>.</summary>
    public string Code { get; }
}
