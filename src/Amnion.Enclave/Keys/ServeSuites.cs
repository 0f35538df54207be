using System.Collections.Immutable;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Keys;

/// <summary>The suites of a policy that this enclave has, grouped by the key they share.</summary>
static class ServeSuites
{
    /// <summary>The suite of a record's name, or null where the name or the suite is not available here.</summary>
    public static HpkeSuite? Find(string name)
    {
        if (!Suites.Identifiers.TryGetValue(name, out var ids))
        {
            return null;
        }

        var suite = new HpkeSuite((HpkeKem)ids.Kem, (HpkeKdf)ids.Kdf, (HpkeAead)ids.Aead);
        return suite.IsSupported ? suite : null;
    }

    /// <summary>KEMs in the policy's order of preference, each with its suites.</summary>
    public static ImmutableArray<(HpkeKem Kem, ImmutableArray<string> Suites)> Group(SuitePolicy policy) =>
        [.. policy.Offered.Distinct(StringComparer.Ordinal).Where(name => Find(name) is not null).GroupBy(name => Find(name)!.Value.KemId).Select(group => (group.Key, group.ToImmutableArray()))];
}
