using Amnion.Guard.Output.PersonalData;
using Amnion.Guard.Pii;

namespace Amnion.Guard.Pipeline;

/// <summary>The guard's recognisers as the answer's check wants them.</summary>
sealed class OwnRecognisers(PiiScanner scanner) : IPersonalDataScanner
{
    public IReadOnlyList<GuardFinding> Scan(string text) => [.. scanner.Scan(text).Select(found => found.ToGuardFinding())];
}
