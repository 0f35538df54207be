using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Amnion.Guard.Tokens;

namespace Amnion.Guard.Fields;

/// <summary>
/// Encrypts, tokenises and signs the fields of JSON documents as a policy says (docs/specs/guard-fields.md). Every byte of a document that is not part of
/// a protected value stays as it is, and an opened document is the one that was sealed: numbers keep their spelling. What was swapped, dropped, cut, added
/// or moved from another document, or has another type, does not open.
/// </summary>
/// <remarks>For one thread at a time, since the BCL promises no more of a shared Aes object. Making one costs an HKDF for each rule.</remarks>
public sealed class FieldProtector : IDisposable
{
    readonly TenantKey _key;
    readonly FieldPolicy _policy;
    readonly Dictionary<FieldRule, FieldKeys> _keys = new(ReferenceEqualityComparer.Instance);

    /// <param name="key">The tenant's key; it must live as long as this.</param>
    /// <param name="policy">What is done to which field.</param>
    public FieldProtector(TenantKey key, FieldPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(policy);
        _key = key;
        _policy = policy;
        foreach (var rule in policy.Rules)
        {
            _keys.Add(rule, new FieldKeys(key, rule, policy.Digest.ToString()));
        }
    }

    /// <summary>Seals a document.</summary>
    /// <param name="json">Strict JSON within <see cref="FieldLimits"/>.</param>
    /// <param name="documentId">What the document is called where it is kept; not secret; whoever opens it names it. 1 to <see cref="FieldLimits.MaxDocumentIdLength"/> bytes of UTF-8.</param>
    /// <returns>The sealed document, amnion/sealed-fields/1.</returns>
    /// <exception cref="FieldFormatException"><see cref="FieldCodes.MalformedDocument"/>.</exception>
    /// <exception cref="FieldException">A value cannot be tokenised, or a required field is missing.</exception>
    public byte[] Seal(ReadOnlySpan<byte> json, string documentId)
    {
        ArgumentException.ThrowIfNullOrEmpty(documentId);
        var replacements = new List<(FieldNode Node, byte[] Text)>();
        var seen = new HashSet<FieldRule>(ReferenceEqualityComparer.Instance);
        var root = FieldTree.Parse(json, FieldLimits.MaxDocumentLength, FieldLimits.MaxDepth);
        Collect(json, root, new FieldPath(_policy), documentId, replacements, seen);
        if (_policy.Rules.FirstOrDefault(rule => rule.Required && !seen.Contains(rule)) is { } missing)
        {
            throw new FieldException(FieldCodes.UnfitValue, $"The document has no field of the rule \"{missing.Pointer}\", which is required.");
        }

        var content = Replace(json, root, replacements);
        var sealedRoot = FieldTree.Parse(content, SealedFields.MaxContentLength, FieldLimits.MaxDepth);
        return SealedFields.Write(content, _policy.Digest, _key.Version, FieldSignature.Compute(_key, _policy, documentId, content, sealedRoot));
    }

    /// <summary>Opens a sealed document.</summary>
    /// <returns>False, for one reason that is not told, where anything that was signed or encrypted is not as it was sealed, or the key, its version, the policy or the document's name is another.</returns>
    /// <exception cref="FieldFormatException"><see cref="FieldCodes.MalformedDocument"/>: not a sealed document.</exception>
    public bool TryOpen(ReadOnlySpan<byte> sealedDocument, string documentId, out byte[] document)
    {
        ArgumentException.ThrowIfNullOrEmpty(documentId);
        document = [];
        var (content, policy, version, signature) = SealedFields.Read(sealedDocument);
        var expected = FieldSignature.Compute(_key, _policy, documentId, sealedDocument, content);
        if (!CryptographicOperations.FixedTimeEquals(expected, signature) || policy != _policy.Digest.ToString() || version != _key.Version.ToString(CultureInfo.InvariantCulture))
        {
            return false;
        }

        var replacements = new List<(FieldNode Node, byte[] Text)>();
        var opened = CollectOpened(content, new FieldPath(_policy), documentId, replacements);
        if (opened)
        {
            document = Replace(sealedDocument, content, replacements);
        }

        foreach (var (_, text) in replacements)
        {
            CryptographicOperations.ZeroMemory(text);
        }

        return opened;
    }

    /// <summary>Releases the keys that were derived.</summary>
    public void Dispose()
    {
        foreach (var keys in _keys.Values)
        {
            keys.Dispose();
        }
    }

    void Collect(ReadOnlySpan<byte> json, FieldNode node, FieldPath path, string documentId, List<(FieldNode Node, byte[] Text)> replacements, HashSet<FieldRule> seen)
    {
        if (path.Rule is { } rule)
        {
            seen.Add(rule);
        }

        if (path.IsReplaced)
        {
            replacements.Add((node, FieldText.Quote(_keys[path.Rule!].Seal(json, node, documentId, path))));
            return;
        }

        for (var i = 0; i < node.Children.Count; i++)
        {
            var child = path.Child(node, i);
            if (ReferenceEquals(child, path))
            {
                return;
            }

            Collect(json, node.Children[i], child, documentId, replacements, seen);
        }
    }

    bool CollectOpened(FieldNode node, FieldPath path, string documentId, List<(FieldNode Node, byte[] Text)> replacements)
    {
        if (path.IsReplaced)
        {
            if (node.Text is null || _keys[path.Rule!].Open(node.Text, documentId, path) is not { } text)
            {
                return false;
            }

            replacements.Add((node, text));
            return true;
        }

        for (var i = 0; i < node.Children.Count; i++)
        {
            var child = path.Child(node, i);
            if (ReferenceEquals(child, path))
            {
                return true;
            }

            if (!CollectOpened(node.Children[i], child, documentId, replacements))
            {
                return false;
            }
        }

        return true;
    }

    // Values come in the order of the text, so one pass copies what lies between them.
    static byte[] Replace(ReadOnlySpan<byte> json, FieldNode root, List<(FieldNode Node, byte[] Text)> replacements)
    {
        var result = new ArrayBufferWriter<byte>(Math.Max(1, root.End - root.Start));
        var at = root.Start;
        foreach (var (node, text) in replacements)
        {
            result.Write(json[at..node.Start]);
            result.Write(text);
            at = node.End;
        }

        result.Write(json[at..root.End]);
        var replaced = result.WrittenSpan.ToArray();

        // Zeroed: an opened document stands in it.
        result.Clear();
        return replaced;
    }
}
