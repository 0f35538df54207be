using System.Collections.Immutable;

namespace Amnion.Sealing;

/// <summary>Framing indicators (RFC 9292 §3.3) and looking fields up.</summary>
static class BinaryHttpFields
{
    public const ulong KnownRequest = 0;
    public const ulong KnownResponse = 1;
    public const ulong IndeterminateResponse = 3;

    public static string? Find(ImmutableArray<HttpField> fields, string name)
    {
        foreach (var field in fields)
        {
            if (field.Name == name)
            {
                return field.Value;
            }
        }

        return null;
    }
}
