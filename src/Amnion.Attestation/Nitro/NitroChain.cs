using System.Globalization;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nitro;

/// <summary>The certificates of a document in AWS's order, root first and leaf last, with their keys loaded at most once.</summary>
sealed class NitroChain(IReadOnlyList<Certificate> certificates) : IDisposable
{
    readonly EcdsaKey?[] _keys = new EcdsaKey?[certificates.Count];
    readonly bool[] _loaded = new bool[certificates.Count];

    public int Count => certificates.Count;

    public Certificate Root => certificates[0];

    public Certificate Leaf => certificates[^1];

    public Certificate this[int index] => certificates[index];

    public string Label(int index) => Label(index, Count);

    public static string Label(int index, int count) =>
        index == count - 1 ? "certificate" : string.Create(CultureInfo.InvariantCulture, $"cabundle[{index}]");

    /// <summary>The certificate's key, or null where it is not one of P-384.</summary>
    public EcdsaKey? Key(int index)
    {
        if (!_loaded[index])
        {
            _keys[index] = EcdsaKey.From(certificates[index]);
            _loaded[index] = true;
        }

        return _keys[index];
    }

    public void Dispose()
    {
        foreach (var key in _keys)
        {
            key?.Dispose();
        }
    }
}
