using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Nitro;
using Amnion.Attestation.SevSnp;

namespace Amnion.Cli.Conformance;

/// <summary>
/// "default_policy" of an expectation: what a strict policy must refuse besides. Free text behind "reject:", told by the word that names the
/// weakness; "note:" opens a remark.
/// </summary>
static class DefaultPolicyWords
{
    const string Reject = "reject:";
    const string Note = "note:";

    static readonly (string Word, string[] Codes)[] s_words =
    [
        ("debug", [AttestationCodes.Debug, NitroCodes.Debug]),
        ("pcr0", [NitroCodes.Debug]),
        ("vmpl", [SnpCodes.Vmpl]),
        ("migrat", [SnpCodes.MigrationAgent, DcapCodes.Migratable]),
        ("provisional", [SnpCodes.Provisional]),
        ("committed_tcb", [SnpCodes.Provisional]),
        ("smt", [SnpCodes.Smt]),
        ("cxl", [SnpCodes.Cxl]),
        ("key locker", [DcapCodes.KeyLocker]),
    ];

    /// <summary>Every rejection asked for that a strict policy did not make, and every text nobody understands.</summary>
    /// <param name="stated">One text or a list of them.</param>
    /// <param name="refused">Codes by which the strict policy refused; null where none was applied.</param>
    public static IEnumerable<string> Problems(JsonElement stated, ImmutableArray<string>? refused)
    {
        var texts = stated.ValueKind == JsonValueKind.Array ? stated.EnumerateArray().ToList() : [stated];
        foreach (var text in texts.Select(text => text.ValueKind == JsonValueKind.String ? text.GetString()!.Trim() : text.GetRawText()))
        {
            if (text.StartsWith(Note, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var codes = text.StartsWith(Reject, StringComparison.OrdinalIgnoreCase) ? s_words.FirstOrDefault(word => text.Contains(word.Word, StringComparison.OrdinalIgnoreCase)).Codes : null;
            if (codes is null || refused is null)
            {
                yield return $"nobody answers expected.default_policy \"{text}\"";
            }
            else if (!codes.Any(refused.Value.Contains))
            {
                yield return $"the default policy does not {text}";
            }
        }
    }
}
