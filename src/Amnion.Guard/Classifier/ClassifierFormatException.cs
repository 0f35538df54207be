namespace Amnion.Guard.Classifier;

/// <summary>The artefact with the classifier's weights was refused. Says where and which field, quotes nothing.</summary>
public sealed class ClassifierFormatException : FormatException
{
    internal ClassifierFormatException(int offset, string field, string problem)
        : base($"Classifier artefact: {field}: {problem} (byte offset {offset}; {ClassifierCodes.ArtefactMalformed})")
    {
        Offset = offset;
        Field = field;
    }

    /// <summary>Byte offset of the field.</summary>
    public int Offset { get; }

    /// <summary>The field, as docs/specs/guard-classify.md names it.</summary>
    public string Field { get; }

    /// <summary>Always <see cref="ClassifierCodes.ArtefactMalformed"/>.</summary>
    public string Code { get; } = ClassifierCodes.ArtefactMalformed;
}
