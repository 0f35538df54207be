namespace Amnion.Host;

/// <summary>Who gives an enclave its data key: the native broker, or AWS KMS. The host carries what it cannot read.</summary>
public interface IKeySource
{
    /// <summary>Has one data key given to a booted enclave; returns when the enclave has opened and checked it.</summary>
    /// <param name="enclave">The enclave.</param>
    /// <param name="keyId">The data key's name in the model manifest.</param>
    /// <param name="cancellation">Ends it; the enclave then forgets its one-time key.</param>
    /// <exception cref="KeyReleaseRefusedException">The source refused; asking again cannot help.</exception>
    /// <exception cref="Records.Frames.FrameFailedException">The enclave refused, with its code.</exception>
    /// <exception cref="HostException">Anything else that failed, with its code.</exception>
    Task ReleaseAsync(EnclaveConnection enclave, string keyId, CancellationToken cancellation);
}
