using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Client;

/// <summary>Which suites this machine can use.</summary>
static class SuiteSupport
{
    public static bool IsSupported(string suite) => Suites.Identifiers.TryGetValue(suite, out var ids) && new HpkeSuite((HpkeKem)ids.Kem, (HpkeKdf)ids.Kdf, (HpkeAead)ids.Aead).IsSupported;
}
