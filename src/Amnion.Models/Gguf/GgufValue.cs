namespace Amnion.Models.Gguf;

/// <summary>One metadata value: a boxed primitive, a string, or an array of either.</summary>
/// <param name="Type">Its type; <see cref="GgufValueType.Array"/> for arrays.</param>
/// <param name="ElementType">The elements' type for arrays, otherwise the same as <paramref name="Type"/>.</param>
/// <param name="Content">byte, sbyte, …, double, bool, string, or a one-dimensional array of one of these.</param>
/// <param name="Offset">Where the value starts in the file, for messages.</param>
sealed record GgufValue(GgufValueType Type, GgufValueType ElementType, object Content, long Offset);
