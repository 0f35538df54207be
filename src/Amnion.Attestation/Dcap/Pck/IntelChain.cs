using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>One of Intel's chains: its profile, the common name that its leaf has, and the rules that carry the chain's name.</summary>
sealed record IntelChain
{
    public IntelChain(ChainProfile profile, string leaf)
    {
        Profile = profile;
        Leaf = leaf;
        CommonName = DcapRules.CommonName with { Name = $"{profile.Name}: {DcapRules.CommonName.Name}" };
        Signer = DcapRules.TcbSigner with { Name = $"{profile.Name}: {DcapRules.TcbSigner.Name}" };
    }

    public ChainProfile Profile { get; }

    public string Leaf { get; }

    public CheckRule CommonName { get; }

    public CheckRule Signer { get; }
}
