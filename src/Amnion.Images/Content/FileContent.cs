namespace Amnion.Images.Content;

/// <summary>Content in a file, or a part of one.</summary>
sealed class FileContent(string path, long offset, long length) : ImageContent(length)
{
    public override Stream OpenRead() => new FilePartStream(path, offset, Length);

    private protected override ImageContent SliceCore(long from, long count) => new FileContent(path, offset + from, count);
}
