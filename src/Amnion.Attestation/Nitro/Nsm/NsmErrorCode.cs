namespace Amnion.Attestation.Nitro;

/// <summary>Errors of the Nitro Secure Module, as aws-nitro-enclaves-nsm-api names them.</summary>
public enum NsmErrorCode
{
    /// <summary>No error.</summary>
    Success,

    /// <summary>An argument is invalid.</summary>
    InvalidArgument,

    /// <summary>The register's index is out of range.</summary>
    InvalidIndex,

    /// <summary>The response does not belong to the request.</summary>
    InvalidResponse,

    /// <summary>The register is locked.</summary>
    ReadOnlyIndex,

    /// <summary>The module cannot do what was asked.</summary>
    InvalidOperation,

    /// <summary>The caller's buffer is too small.</summary>
    BufferTooSmall,

    /// <summary>The request is too large.</summary>
    InputTooLarge,

    /// <summary>The module failed.</summary>
    InternalError,
}
