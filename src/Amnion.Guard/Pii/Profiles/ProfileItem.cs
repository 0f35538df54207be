using System.Collections.Immutable;

namespace Amnion.Guard.Pii.Profiles;

/// <summary>One identifier that a rule names.</summary>
/// <param name="Reference">Where the rule names it, for example "45 CFR 164.514(b)(2)(i)(A)".</param>
/// <param name="Subject">What it is, in the rule's words, shortened.</param>
/// <param name="Coverage">How far it is met.</param>
/// <param name="Types">The types that stand for it.</param>
public sealed record ProfileItem(string Reference, string Subject, ProfileCoverage Coverage, ImmutableArray<PiiType> Types);
