using System.Collections.Immutable;

namespace Amnion.Guard.Evaluation;

/// <summary>What an evaluation says of one file. Files are never pooled: a file's share of the whole is an accident of what was collected.</summary>
/// <param name="File">The file's name.</param>
/// <param name="All">All its rows.</param>
/// <param name="Families">By family, in ordinal order; one entry where rows name none.</param>
public sealed record FileReport(string File, FamilyReport All, ImmutableArray<FamilyReport> Families);
