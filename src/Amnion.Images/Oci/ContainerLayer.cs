using Amnion.Images.Content;
using Amnion.Records;

namespace Amnion.Images.Oci;

/// <summary>A layer: a tar archive, perhaps compressed with gzip.</summary>
/// <param name="Name">"layer 1" and so on, for messages.</param>
/// <param name="Content">The bytes.</param>
/// <param name="Digest">What the manifest says of the bytes; null where only the uncompressed archive has a digest.</param>
sealed record ContainerLayer(string Name, ImageContent Content, Digest? Digest);
