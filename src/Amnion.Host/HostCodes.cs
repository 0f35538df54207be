namespace Amnion.Host;

/// <summary>Stable error codes of the host side. Each is never reused for another cause.</summary>
public static class HostCodes
{
    /// <summary>The enclave's socket cannot be reached, or the connection ended inside an exchange.</summary>
    public const string EnclaveUnreachable = "AMN-HOST-0001";

    /// <summary>The enclave sent frames that are no part of the exchange.</summary>
    public const string EnclaveProtocol = "AMN-HOST-0002";

    /// <summary>The enclave did not answer within the exchange's time limit.</summary>
    public const string EnclaveTimeout = "AMN-HOST-0003";

    /// <summary>The enclave process ended before it listened.</summary>
    public const string EnclaveStart = "AMN-HOST-0004";

    /// <summary>The enclave ended too often in a row; the supervisor gave up.</summary>
    public const string RestartsExhausted = "AMN-HOST-0005";

    /// <summary>No enclave is ready to serve.</summary>
    public const string NotReady = "AMN-HOST-0006";

    /// <summary>The program directory holds something that cannot be measured (link, device, odd name, too many or too large files).</summary>
    public const string ImageUnfit = "AMN-HOST-0010";

    /// <summary>The program directory does not exist or lacks the enclave program.</summary>
    public const string ImageMissing = "AMN-HOST-0011";

    /// <summary>A shared library that the program needs was not found, or an ELF file is malformed.</summary>
    public const string LibraryMissing = "AMN-HOST-0012";

    /// <summary>A layer of the sandbox is not available on this machine.</summary>
    public const string SandboxUnavailable = "AMN-HOST-0020";

    /// <summary>The operating system refused to start the process.</summary>
    public const string SpawnFailed = "AMN-HOST-0021";

    /// <summary>The development root cannot be read, is readable by others, or does not parse.</summary>
    public const string DevelopmentRootUnfit = "AMN-HOST-0030";

    /// <summary>The key broker cannot be reached or answered with something that is no answer.</summary>
    public const string BrokerUnreachable = "AMN-HOST-0040";

    /// <summary>The key broker refused to release a key and gave no code of its own.</summary>
    public const string ReleaseRefused = "AMN-HOST-0041";

    /// <summary>A file of sealed weights cannot be read.</summary>
    public const string WeightsUnreadable = "AMN-HOST-0042";

    /// <summary>The server of sealed weights cannot be reached, or the transfer broke too often.</summary>
    public const string WeightsUnreachable = "AMN-HOST-0043";

    /// <summary>The server of sealed weights refused, redirected where nothing follows, or answered something else than was asked for.</summary>
    public const string WeightsRefused = "AMN-HOST-0044";

    /// <summary>Sealed weights have another length than the manifest implies.</summary>
    public const string WeightsLength = "AMN-HOST-0045";

    /// <summary>Sealed weights changed while they were read.</summary>
    public const string WeightsChanged = "AMN-HOST-0046";

    /// <summary>A request to AWS or S3-compatible storage must be signed, and there are no credentials.</summary>
    public const string CredentialsMissing = "AMN-HOST-0047";

    /// <summary>AWS KMS cannot be reached, or answered something that is no answer.</summary>
    public const string KmsUnreachable = "AMN-HOST-0048";

    /// <summary>AWS KMS refused to release a key.</summary>
    public const string KmsRefused = "AMN-HOST-0049";

    /// <summary>AWS KMS answered with the data key in the clear: whatever answered ignored the recipient.</summary>
    public const string KmsPlaintext = "AMN-HOST-0050";

    /// <summary>QEMU, its vsock back end or its firmware is missing.</summary>
    public const string QemuMissing = "AMN-HOST-0060";

    /// <summary>QEMU or its vsock back end ended, or did not come up.</summary>
    public const string QemuFailed = "AMN-HOST-0061";

    /// <summary>A document of the emulated module does not say what was started.</summary>
    public const string DocumentMismatch = "AMN-HOST-0062";

    /// <summary>The machine was given less memory than the image and the weights need.</summary>
    public const string MemoryTooSmall = "AMN-HOST-0063";

    /// <summary>An enclave's memory or processors do not fit into what was asked for or into what the host has.</summary>
    public const string EnclaveDoesNotFit = "AMN-HOST-0070";

    /// <summary>EC2: there is no driver for enclaves.</summary>
    public const string NitroNoDevice = "AMN-HOST-0071";

    /// <summary>EC2: this user may not use the driver.</summary>
    public const string NitroNotPermitted = "AMN-HOST-0072";

    /// <summary>EC2: no processor of the enclaves' pool is free.</summary>
    public const string NitroPoolEmpty = "AMN-HOST-0073";

    /// <summary>EC2: the driver refused a processor.</summary>
    public const string NitroCpuRefused = "AMN-HOST-0074";

    /// <summary>EC2: the processors do not make up whole cores.</summary>
    public const string NitroHalfCores = "AMN-HOST-0075";

    /// <summary>EC2: there are not enough huge pages.</summary>
    public const string NitroHugePages = "AMN-HOST-0076";

    /// <summary>EC2: the driver refused a memory region.</summary>
    public const string NitroMemoryRefused = "AMN-HOST-0077";

    /// <summary>EC2: memory and processors are on different NUMA nodes.</summary>
    public const string NitroNumaNode = "AMN-HOST-0078";

    /// <summary>EC2: the memory is in more pieces than the hypervisor takes.</summary>
    public const string NitroTooManyRegions = "AMN-HOST-0079";

    /// <summary>EC2: less memory was given than any enclave needs.</summary>
    public const string NitroMemoryTooSmall = "AMN-HOST-0080";

    /// <summary>EC2: the context identifier cannot be an enclave's.</summary>
    public const string NitroCidRefused = "AMN-HOST-0081";

    /// <summary>EC2: the driver or the hypervisor refused for another reason.</summary>
    public const string NitroRefused = "AMN-HOST-0082";

    /// <summary>EC2: the port of the heartbeat cannot be listened on.</summary>
    public const string NitroHeartbeatPort = "AMN-HOST-0083";

    /// <summary>EC2: the enclave did not say in time that it started.</summary>
    public const string NitroHeartbeatMissing = "AMN-HOST-0084";

    /// <summary>EC2: the enclave's heartbeat is not what it should be.</summary>
    public const string NitroHeartbeatWrong = "AMN-HOST-0085";

    /// <summary>EC2: the enclave ended before it said that it started.</summary>
    public const string NitroEnded = "AMN-HOST-0086";

    /// <summary>EC2: the image cannot be read, or changed while it was read.</summary>
    public const string NitroImageUnreadable = "AMN-HOST-0087";

    /// <summary>Relay: the request body is over the limit.</summary>
    public const string RequestTooLarge = "AMN-RELAY-0001";

    /// <summary>Relay: the request has another content type than the endpoint takes.</summary>
    public const string WrongContentType = "AMN-RELAY-0002";

    /// <summary>Relay: the nonce is not 16 to 64 bytes in base64url without padding.</summary>
    public const string BadNonce = "AMN-RELAY-0003";

    /// <summary>Relay: too many requests for Evidence.</summary>
    public const string EvidenceRateLimited = "AMN-RELAY-0004";

    /// <summary>Relay: as many sealed exchanges as allowed are running.</summary>
    public const string RelayBusy = "AMN-RELAY-0005";

    /// <summary>Relay: too many sealed requests of one address.</summary>
    public const string RequestRateLimited = "AMN-RELAY-0007";

    /// <summary>Relay: the request body could not be read to its end.</summary>
    public const string BadRequestBody = "AMN-RELAY-0006";
}
