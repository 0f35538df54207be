namespace Amnion.Enclave;

/// <summary>An exchange is refused with one of <see cref="EnclaveCodes"/>; the code is all that leaves.</summary>
sealed class EnclaveRefusedException(string code) : Exception(code)
{
    /// <summary>The stable code.</summary>
    public string Code { get; } = code;
}
