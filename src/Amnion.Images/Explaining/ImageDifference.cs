using System.Collections.Immutable;

namespace Amnion.Images.Explaining;

/// <summary>One reason for which registers of two images differ.</summary>
/// <param name="Section">As in <see cref="ImageItem.Section"/>; "header" for what no register covers.</param>
/// <param name="Path">Path in the ramdisk; null for a section as a whole.</param>
/// <param name="Registers">Registers it reaches; empty where nothing measures it.</param>
/// <param name="Problem">What differs, in words.</param>
/// <param name="Details">For text the lines, for JSON the members, otherwise length, hash and first differing byte.</param>
public sealed record ImageDifference(string Section, string? Path, ImmutableArray<int> Registers, string Problem, ImmutableArray<string> Details);
