namespace Amnion.Models;

/// <summary>Stable codes of everything this project refuses. 00xx GGUF, 01xx chat templates, 02xx manifest, 03xx signature bundles, 04xx sealed packages.</summary>
public static class ModelCodes
{
    /// <summary>The file does not start with "GGUF".</summary>
    public const string GgufMagic = "AMN-MODEL-0001";

    /// <summary>The file is of another GGUF version than 3, or big-endian.</summary>
    public const string GgufVersion = "AMN-MODEL-0002";

    /// <summary>The file ends inside its header.</summary>
    public const string GgufTruncated = "AMN-MODEL-0003";

    /// <summary>More metadata entries, tensors or array elements than accepted.</summary>
    public const string GgufCount = "AMN-MODEL-0004";

    /// <summary>A string is too long, is not UTF-8, or contains NUL.</summary>
    public const string GgufString = "AMN-MODEL-0005";

    /// <summary>A metadata key is malformed or stands twice.</summary>
    public const string GgufKey = "AMN-MODEL-0006";

    /// <summary>A metadata value has an unknown type, a boolean other than 0 or 1, or is an array of arrays.</summary>
    public const string GgufValue = "AMN-MODEL-0007";

    /// <summary>The header is larger than accepted.</summary>
    public const string GgufHeaderSize = "AMN-MODEL-0008";

    /// <summary>A metadata entry that is needed is absent.</summary>
    public const string GgufMissing = "AMN-MODEL-0009";

    /// <summary>A metadata entry has another type than the engine reads.</summary>
    public const string GgufType = "AMN-MODEL-0010";

    /// <summary>A metadata number is outside its range or contradicts another.</summary>
    public const string GgufRange = "AMN-MODEL-0011";

    /// <summary>A metadata entry that the engine would act upon is not on the list of known ones.</summary>
    public const string GgufKeyNotAllowed = "AMN-MODEL-0012";

    /// <summary>The model architecture is not on the list.</summary>
    public const string GgufArchitecture = "AMN-MODEL-0013";

    /// <summary>The tokenizer or pre-tokenizer is not on the list.</summary>
    public const string GgufTokenizer = "AMN-MODEL-0014";

    /// <summary>The data alignment is not 32.</summary>
    public const string GgufAlignment = "AMN-MODEL-0015";

    /// <summary>A tensor name is malformed or stands twice.</summary>
    public const string GgufTensorName = "AMN-MODEL-0016";

    /// <summary>A tensor's dimensions are malformed, or its size overflows.</summary>
    public const string GgufTensorShape = "AMN-MODEL-0017";

    /// <summary>A tensor's element type is not on the list, or does not fit its row length.</summary>
    public const string GgufTensorType = "AMN-MODEL-0018";

    /// <summary>A tensor's data is misaligned, overlaps another's or leaves a gap.</summary>
    public const string GgufTensorOffset = "AMN-MODEL-0019";

    /// <summary>Tensor data reaches beyond the file, or the file continues after it.</summary>
    public const string GgufTensorBounds = "AMN-MODEL-0020";

    /// <summary>A tensor the architecture needs is absent.</summary>
    public const string GgufTensorMissing = "AMN-MODEL-0021";

    /// <summary>A tensor the architecture does not know is present.</summary>
    public const string GgufTensorUnexpected = "AMN-MODEL-0022";

    /// <summary>A tensor's shape or type contradicts the architecture's parameters.</summary>
    public const string GgufTensorMismatch = "AMN-MODEL-0023";

    /// <summary>A vocabulary entry is empty, too long or stands twice.</summary>
    public const string GgufToken = "AMN-MODEL-0024";

    /// <summary>A token's type is unknown, or a byte token is malformed or missing.</summary>
    public const string GgufTokenType = "AMN-MODEL-0025";

    /// <summary>A special token id lies outside the vocabulary, or one that is needed is absent.</summary>
    public const string GgufSpecialToken = "AMN-MODEL-0026";

    /// <summary>A merge of the tokenizer is malformed.</summary>
    public const string GgufMerge = "AMN-MODEL-0027";

    /// <summary>The file is one of several splits, or is not a model.</summary>
    public const string GgufNotWhole = "AMN-MODEL-0028";

    /// <summary>The model's chat template is none of the known ones.</summary>
    public const string TemplateUnknown = "AMN-MODEL-0101";

    /// <summary>The vocabulary lacks a control token that the template needs, or holds it as ordinary text.</summary>
    public const string TemplateMarkers = "AMN-MODEL-0102";

    /// <summary>The manifest is not canonical JSON of the expected layout.</summary>
    public const string ManifestLayout = "AMN-MODEL-0201";

    /// <summary>The manifest is larger or names more files than accepted.</summary>
    public const string ManifestLimit = "AMN-MODEL-0202";

    /// <summary>A file name of the manifest is not a plain relative path, or collides with another.</summary>
    public const string ManifestPath = "AMN-MODEL-0203";

    /// <summary>Digests, lengths or file lists of the manifest contradict each other.</summary>
    public const string ManifestInconsistent = "AMN-MODEL-0204";

    /// <summary>The signature bundle is not JSON of the expected layout, or too large.</summary>
    public const string BundleLayout = "AMN-MODEL-0301";

    /// <summary>The signature does not verify with the key.</summary>
    public const string SignatureInvalid = "AMN-MODEL-0302";

    /// <summary>The bundle names another key than the one given.</summary>
    public const string SignatureKeyMismatch = "AMN-MODEL-0303";

    /// <summary>The signed content is not a model-signing statement.</summary>
    public const string StatementType = "AMN-MODEL-0304";

    /// <summary>The signed statement is malformed or its digests contradict each other.</summary>
    public const string StatementInvalid = "AMN-MODEL-0305";

    /// <summary>The certificate chain does not lead to a given root, or may not sign.</summary>
    public const string CertificateChain = "AMN-MODEL-0306";

    /// <summary>The signing method (Sigstore keyless) needs a transparency log's roots and is not verified here.</summary>
    public const string MethodUnsupported = "AMN-MODEL-0307";

    /// <summary>The bundle was signed with another method than the given trust can verify.</summary>
    public const string MethodMismatch = "AMN-MODEL-0308";

    /// <summary>The bundle was made by model-signing 0.2, whose signed bytes are malformed, and that was not allowed.</summary>
    public const string LegacyNotAllowed = "AMN-MODEL-0309";

    /// <summary>The signed statement is not this package's manifest.</summary>
    public const string SignedOtherManifest = "AMN-MODEL-0310";

    /// <summary>The package folder lacks a file, or holds one that the manifest does not name.</summary>
    public const string PackageFiles = "AMN-MODEL-0401";

    /// <summary>A sealed file has another length than the manifest says.</summary>
    public const string PackageLength = "AMN-MODEL-0402";

    /// <summary>The data key is not the one the manifest commits to.</summary>
    public const string KeyCommitment = "AMN-MODEL-0403";

    /// <summary>A sealed file does not open: altered, swapped, or sealed for another manifest.</summary>
    public const string SealedFile = "AMN-MODEL-0404";

    /// <summary>An opened file's SHA-256 is not the manifest's.</summary>
    public const string FileDigest = "AMN-MODEL-0405";

    /// <summary>The destination exists already.</summary>
    public const string DestinationExists = "AMN-MODEL-0406";

    /// <summary>A source file changed while it was being sealed.</summary>
    public const string SourceChanged = "AMN-MODEL-0407";
}
