using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>Common names that Intel gives to its certificates by role; compared whole, not as a phrase within.</summary>
static class IntelNames
{
    public const string Root = "Intel SGX Root CA";
    public const string PlatformCa = "Intel SGX PCK Platform CA";
    public const string ProcessorCa = "Intel SGX PCK Processor CA";
    public const string Pck = "Intel SGX PCK Certificate";
    public const string TcbSigning = "Intel SGX TCB Signing";

    const string PckNames = $"{Root}; {PlatformCa} or {ProcessorCa}; {Pck}";
    const string SignerNames = $"{Root}; {TcbSigning}";

    public static bool IsIntermediate(string? name) => name is PlatformCa or ProcessorCa;

    /// <summary>True for names of certificates that others are verified with.</summary>
    public static bool IsSigner(string? name) => IsIntermediate(name) || name is Root or TcbSigning;

    /// <summary>Adds the check of a whole chain's names, root first.</summary>
    public static void Check(IReadOnlyList<Certificate> rootFirst, IntelChain chain, CheckList checks)
    {
        var leaf = chain.Leaf;
        List<string>? problems = null;
        for (var i = 0; i < rootFirst.Count; i++)
        {
            var name = rootFirst[i].CommonName;
            var fits = i == 0 ? name == Root : i == rootFirst.Count - 1 ? name == leaf : leaf == Pck && IsIntermediate(name);
            if (!fits)
            {
                (problems ??= []).Add($"\"{name ?? "no single common name"}\" at place {i} from the root");
            }
        }

        checks.Add(chain.CommonName, problems, leaf == Pck ? PckNames : SignerNames);
    }
}
