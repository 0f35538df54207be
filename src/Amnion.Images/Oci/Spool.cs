using Amnion.Images.Content;

namespace Amnion.Images.Oci;

/// <summary>One temporary file that takes the content of all files of a workload, one after the other.</summary>
sealed class Spool : IDisposable
{
    readonly string _path;
    readonly FileStream _file;

    public Spool(string folder)
    {
        _path = Path.Combine(folder, $".amnion-spool-{Guid.NewGuid():N}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 1024 * 1024 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _file = new FileStream(_path, options);
    }

    /// <summary>Takes exactly <paramref name="length"/> bytes.</summary>
    public ImageContent Add(Stream source, long length, Action<int> count)
    {
        var start = _file.Position;
        var buffer = new byte[(int)Math.Min(256 * 1024, Math.Max(1, length))];
        for (var left = length; left > 0;)
        {
            var read = source.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
            if (read == 0)
            {
                throw new EndOfStreamException("A file in a layer ends early.");
            }

            count(read);
            _file.Write(buffer, 0, read);
            left -= read;
        }

        // Readers open the file by its name.
        _file.Flush();
        return length == 0 ? ImageContent.Empty : new FileContent(_path, start, length);
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }
}
