namespace Amnion.Models.Manifest;

/// <summary>How a bundle was signed (model-signing-spec v1.0, §4.1).</summary>
public enum OmsMethod
{
    /// <summary>With a key that the verifier has.</summary>
    Key = 0,

    /// <summary>With a certificate and its chain.</summary>
    Certificate = 1,

    /// <summary>With Sigstore's short-lived certificates and a transparency log.</summary>
    Sigstore = 2,
}
