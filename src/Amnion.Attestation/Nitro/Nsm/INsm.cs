namespace Amnion.Attestation.Nitro;

/// <summary>A Nitro Secure Module: the device <c>/dev/nsm</c> in an enclave, or the development module where it is emulated.</summary>
public interface INsm
{
    /// <summary>Carries out one request. A refusal is <see cref="NsmResponse.Error"/>; exceptions mean the device cannot be reached.</summary>
    NsmResponse Transact(NsmRequest request);
}
