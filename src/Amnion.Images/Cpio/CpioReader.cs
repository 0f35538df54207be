using System.Globalization;
using Amnion.Images.Content;
using Amnion.Images.Tree;

namespace Amnion.Images.Cpio;

/// <summary>
/// Reads "newc" archives strictly. Refused are names that lead out of the tree or through a link, an entry that stands twice, data or
/// padding where none may be, and anything but zeros after the trailer: a kernel would take some of it, and two readers would see two trees.
/// </summary>
public sealed class CpioReader
{
    readonly ImageContent _archive;
    readonly Stream _stream;
    readonly Dictionary<string, CpioKind> _seen = new(StringComparer.Ordinal);
    readonly Dictionary<(uint, uint, uint), (ImageContent Content, int At)> _linked = [];
    readonly List<CpioEntry> _entries = [];
    long _at;

    CpioReader(ImageContent archive, Stream stream)
    {
        _archive = archive;
        _stream = stream;
    }

    /// <summary>Whether bytes begin as a "newc" archive does; ramdisks may be compressed, which is not read here.</summary>
    public static bool IsArchive(ImageContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.Length >= CpioFormat.Magic.Length && content.Slice(0, CpioFormat.Magic.Length).ToArray(CpioFormat.Magic.Length).AsSpan().SequenceEqual(CpioFormat.Magic);
    }

    /// <summary>Every entry in the archive's order.</summary>
    /// <exception cref="CpioFormatException">The archive breaks the format.</exception>
    public static IReadOnlyList<CpioEntry> Read(ImageContent archive)
    {
        ArgumentNullException.ThrowIfNull(archive);
        using var stream = archive.OpenRead();
        var reader = new CpioReader(archive, stream);
        while (reader.ReadEntry())
        {
        }

        return reader._entries;
    }

    bool ReadEntry()
    {
        var start = _at;
        Span<byte> header = stackalloc byte[CpioFormat.HeaderLength];
        ReadExactly(header, "header");
        if (!header.StartsWith(CpioFormat.Magic))
        {
            throw new CpioFormatException(start, "c_magic", "expected \"070701\"");
        }

        Span<uint> fields = stackalloc uint[CpioFormat.FieldCount];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Hex(header.Slice(6 + (i * CpioFormat.FieldLength), CpioFormat.FieldLength), start + 6 + (i * CpioFormat.FieldLength));
        }

        var name = ReadName(start, fields[11]);
        if (fields[12] != 0)
        {
            throw new CpioFormatException(start + 102, "c_chksum", "is not 0");
        }

        var data = ReadData(start, fields[6]);
        if (name == CpioFormat.Trailer)
        {
            ExpectEnd(start, fields[6]);
            return false;
        }

        Add(start, name, fields, data);
        return true;
    }

    string ReadName(long start, uint length)
    {
        if (length is < 2 or > TreePath.MaxLength + 1)
        {
            throw new CpioFormatException(start + 94, "c_namesize", string.Create(CultureInfo.InvariantCulture, $"is {length}; expected 2 to {TreePath.MaxLength + 1}"));
        }

        Span<byte> bytes = stackalloc byte[TreePath.MaxLength + 1];
        bytes = bytes[..(int)length];
        ReadExactly(bytes, "name");
        SkipPadding(CpioFormat.HeaderLength + length, "name");
        if (bytes[^1] != 0 || bytes[..^1].Contains((byte)0))
        {
            throw new CpioFormatException(start + CpioFormat.HeaderLength, "name", "does not end with its only NUL");
        }

        return TreePath.Decode(bytes[..^1]) ?? throw new CpioFormatException(start + CpioFormat.HeaderLength, "name", "is not valid UTF-8");
    }

    ImageContent ReadData(long start, uint length)
    {
        if (length > _archive.Length - _at)
        {
            throw new CpioFormatException(start + 54, "c_filesize", string.Create(CultureInfo.InvariantCulture, $"is {length}; the archive has {_archive.Length - _at} bytes left"));
        }

        var data = _archive.Slice(_at, length);
        _at += length;
        _stream.Position = _at;
        SkipPadding(length, "data");
        return data;
    }

    void Add(long start, string name, ReadOnlySpan<uint> fields, ImageContent data)
    {
        var kind = Kind(fields[1], start);
        var path = Normalise(name, start);
        if (path.Length == 0)
        {
            // "." of an archive made with find: the root itself.
            if (kind != CpioKind.Directory || data.Length != 0)
            {
                throw new CpioFormatException(start, "name", "the root is no directory");
            }

            return;
        }

        CheckPlace(path, kind, start);
        if (kind is not (CpioKind.File or CpioKind.Link) && data.Length != 0)
        {
            throw new CpioFormatException(start + 54, "c_filesize", "only files and links carry data");
        }

        if (kind == CpioKind.Directory && _seen.GetValueOrDefault(path, CpioKind.File) == CpioKind.Directory)
        {
            throw new CpioFormatException(start, "name", $"\"{Printable.Escape(path)}\" stands twice");
        }

        _seen[path] = kind;
        if (_seen.Count > FileTree.MaxEntries)
        {
            throw new CpioFormatException(start, "entries", string.Create(CultureInfo.InvariantCulture, $"more than {FileTree.MaxEntries}"));
        }

        _entries.Add(new CpioEntry
        {
            Path = path,
            Kind = kind,
            Permissions = (int)(fields[1] & 0xFFF),
            UserId = fields[2],
            GroupId = fields[3],
            Modified = fields[5],
            Device = (fields[9], fields[10]),
            Content = kind == CpioKind.File ? Linked(fields, data, start) : data,
            Target = kind == CpioKind.Link ? Target(data, start) : null,
            Offset = start,
        });
    }

    /// <summary>Hard links: entries of one inode share the bytes of the one that has some (GNU cpio's is the last, ours the first).</summary>
    ImageContent Linked(ReadOnlySpan<uint> fields, ImageContent data, long start)
    {
        if (fields[4] < 2)
        {
            return data;
        }

        var key = (fields[7], fields[8], fields[0]);
        if (!_linked.TryGetValue(key, out var known))
        {
            _linked.Add(key, (data, _entries.Count));
            return data;
        }

        if (data.Length == 0)
        {
            return known.Content;
        }

        if (known.Content.Length != 0)
        {
            throw new CpioFormatException(start + 54, "c_filesize", "a second name of one file carries data again");
        }

        for (var i = known.At; i < _entries.Count; i++)
        {
            if (ReferenceEquals(_entries[i].Content, known.Content))
            {
                _entries[i] = _entries[i] with { Content = data };
            }
        }

        _linked[key] = (data, known.At);
        return data;
    }

    void CheckPlace(string path, CpioKind kind, long start)
    {
        if (_seen.TryGetValue(path, out var before) && (before != CpioKind.Directory || kind != CpioKind.Directory))
        {
            throw new CpioFormatException(start, "name", $"\"{Printable.Escape(path)}\" stands twice");
        }

        var parent = TreePath.Parent(path);
        if (parent.Length > 0 && (!_seen.TryGetValue(parent, out var above) || above != CpioKind.Directory))
        {
            // The kernel makes no folders on its own, and would follow a link.
            throw new CpioFormatException(start, "name", $"\"{Printable.Escape(path)}\" stands in no directory of this archive");
        }
    }

    static string Normalise(string name, long start)
    {
        var path = name;
        while (path.StartsWith("./", StringComparison.Ordinal))
        {
            path = path[2..];
        }

        path = path == "." ? "" : path.TrimEnd('/');
        if (path.Length == 0)
        {
            return name.StartsWith('.') ? "" : throw new CpioFormatException(start, "name", "is absolute");
        }

        return TreePath.Problem(path) is { } problem ? throw new CpioFormatException(start, "name", $"\"{Printable.Escape(name)}\" {problem}") : path;
    }

    static CpioKind Kind(uint mode, long start) => (mode & ~0xFFFu) switch
    {
        CpioFormat.Regular => CpioKind.File,
        CpioFormat.Directory => CpioKind.Directory,
        CpioFormat.Link => CpioKind.Link,
        CpioFormat.CharacterDevice => CpioKind.CharacterDevice,
        CpioFormat.BlockDevice => CpioKind.BlockDevice,
        CpioFormat.Fifo => CpioKind.Fifo,
        CpioFormat.Socket => CpioKind.Socket,
        _ => throw new CpioFormatException(start + 14, "c_mode", "is of no file type"),
    };

    static string Target(ImageContent data, long start)
    {
        var text = data.Length is > 0 and <= TreePath.MaxLength ? TreePath.Decode(data.ToArray(TreePath.MaxLength)) : null;
        return text is not null && !text.Contains('\0', StringComparison.Ordinal) ? text : throw new CpioFormatException(start, "link", "the target is empty, longer than 4095 bytes or no text");
    }

    void ExpectEnd(long start, uint length)
    {
        if (length != 0)
        {
            throw new CpioFormatException(start + 54, "c_filesize", "the trailer carries data");
        }

        _archive.Slice(_at, _archive.Length - _at).ReadAll(piece =>
        {
            var bad = piece.IndexOfAnyExcept((byte)0);
            if (bad >= 0)
            {
                throw new CpioFormatException(_at + bad, "trailer", "bytes other than zeros follow");
            }

            _at += piece.Length;
        });
    }

    void SkipPadding(long length, string field)
    {
        Span<byte> padding = stackalloc byte[CpioFormat.Padding(length)];
        ReadExactly(padding, field);
        if (padding.ContainsAnyExcept((byte)0))
        {
            throw new CpioFormatException(_at - padding.Length, field, "the padding is not zero");
        }
    }

    void ReadExactly(Span<byte> destination, string field)
    {
        if (destination.Length > _archive.Length - _at)
        {
            throw new CpioFormatException(_at, field, "the archive ends early, without a trailer");
        }

        _stream.ReadExactly(destination);
        _at += destination.Length;
    }

    static uint Hex(ReadOnlySpan<byte> text, long offset)
    {
        uint value = 0;
        foreach (var c in text)
        {
            var digit = c switch
            {
                >= (byte)'0' and <= (byte)'9' => c - '0',
                >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
                _ => throw new CpioFormatException(offset, "header", "a field is no hexadecimal number"),
            };
            value = (value << 4) | (uint)digit;
        }

        return value;
    }
}
