namespace Amnion.Attestation;

/// <summary>One appraisal of a batch; the arguments of <see cref="EvidenceAppraiser.Appraise"/>.</summary>
/// <param name="Platform">The platform the Evidence was presented for.</param>
/// <param name="Evidence">The platform's own document.</param>
/// <param name="Policy">The relying party's policy.</param>
/// <param name="Context">Nonce, binding, endorsements and time. Share one <see cref="AppraisalCache"/> among all.</param>
public sealed record AppraisalRequest(string Platform, ReadOnlyMemory<byte> Evidence, AppraisalPolicy Policy, AppraisalContext Context);
