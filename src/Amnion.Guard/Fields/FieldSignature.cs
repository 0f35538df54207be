using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Guard.Tokens;

namespace Amnion.Guard.Fields;

/// <summary>
/// HMAC-SHA256 over everything in a sealed document that is not <see cref="FieldAction.None"/>: names, places, types, tokens and plain values, each length first, members sorted
/// by name. The order of members and white space are free; a number's spelling is not.
/// </summary>
ref struct FieldSignature
{
    readonly IncrementalHash _mac;
    readonly ReadOnlySpan<byte> _json;

    FieldSignature(IncrementalHash mac, ReadOnlySpan<byte> json)
    {
        _mac = mac;
        _json = json;
    }

    /// <summary>The signature of a document's content as it is sealed.</summary>
    public static byte[] Compute(TenantKey key, FieldPolicy policy, string document, ReadOnlySpan<byte> json, FieldNode content)
    {
        Span<byte> derived = stackalloc byte[32];
        key.Derive("amnion/fields/signature/1", derived);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, derived);
        CryptographicOperations.ZeroMemory(derived);
        mac.AppendData(key.Bind(SealedFields.Format, document, policy.Digest.ToString()));
        new FieldSignature(mac, json).Append(content, new FieldPath(policy));
        return mac.GetHashAndReset();
    }

    readonly void Append(FieldNode node, FieldPath path)
    {
        if (path.IsReplaced)
        {
            Append((byte)('0' + (int)path.Action), Encoding.UTF8.GetBytes(node.Text ?? ""));
            return;
        }

        if (path.Action == FieldAction.None && !HoldsSigned(node, path))
        {
            AppendCount((byte)'-', 0);
            return;
        }

        switch (node.Kind)
        {
            case JsonTokenType.StartObject:
                AppendObject(node, path);
                break;
            case JsonTokenType.StartArray:
                AppendCount((byte)'[', node.Children.Count);
                for (var i = 0; i < node.Children.Count; i++)
                {
                    Append(node.Children[i], path.Child(node, i));
                }

                break;
            case JsonTokenType.String:
                Append((byte)'"', Encoding.UTF8.GetBytes(node.Text!));
                break;
            default:
                Append((byte)'#', _json[node.Start..node.End]);
                break;
        }
    }

    readonly void AppendObject(FieldNode node, FieldPath path)
    {
        var members = new List<(FieldNode Node, FieldPath Path)>(node.Children.Count);
        for (var i = 0; i < node.Children.Count; i++)
        {
            members.Add((node.Children[i], path.Child(node, i)));
        }

        members.RemoveAll(static member => member.Path.Action == FieldAction.None && !HoldsSigned(member.Node, member.Path));
        members.Sort(static (a, b) => string.CompareOrdinal(a.Node.Name, b.Node.Name));
        AppendCount((byte)'{', members.Count);
        foreach (var (child, childPath) in members)
        {
            Append((byte)':', Encoding.UTF8.GetBytes(child.Name!));
            Append(child, childPath);
        }
    }

    // A place that is left alone may hold one that is not: then the way to it is signed.
    static bool HoldsSigned(FieldNode node, FieldPath path)
    {
        for (var i = 0; i < node.Children.Count; i++)
        {
            var child = path.Child(node, i);
            if (ReferenceEquals(child, path))
            {
                return false;
            }

            if (child.Action != FieldAction.None || HoldsSigned(node.Children[i], child))
            {
                return true;
            }
        }

        return false;
    }

    readonly void Append(byte tag, ReadOnlySpan<byte> bytes)
    {
        AppendCount(tag, bytes.Length);
        _mac.AppendData(bytes);
    }

    readonly void AppendCount(byte tag, int count)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = tag;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], count);
        _mac.AppendData(head);
    }
}
