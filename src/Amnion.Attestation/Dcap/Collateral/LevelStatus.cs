using System.Collections.Immutable;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>What Intel says of a level.</summary>
/// <param name="Status">Intel's word for it.</param>
/// <param name="Date">Security advisories up to this date are mitigated at this level, as far as <paramref name="Advisories"/> names none.</param>
/// <param name="Advisories">Intel's advisories that apply, for example "INTEL-SA-00615".</param>
sealed record LevelStatus(TcbStatus Status, DateTimeOffset Date, ImmutableArray<string> Advisories);
