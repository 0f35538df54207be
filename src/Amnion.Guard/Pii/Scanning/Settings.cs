using System.Collections.Immutable;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>A scanner's options, compiled: which types, their thresholds, the words and the identifiers by what they begin with.</summary>
sealed class Settings
{
    readonly float[] _thresholds;

    Settings(ImmutableArray<PiiType> types, PiiType[] table, float[] thresholds, WordTable words, IdentifierIndex identifiers, ImmutableArray<CustomMatcher> custom)
    {
        Types = types;
        Table = table;
        _thresholds = thresholds;
        Words = words;
        Identifiers = identifiers;
        Custom = custom;
    }

    /// <summary>The chosen types.</summary>
    public ImmutableArray<PiiType> Types { get; }

    /// <summary>All types by their number: the built-in ones, then the tenant's.</summary>
    public PiiType[] Table { get; }

    /// <summary>Context words and words with roles.</summary>
    public WordTable Words { get; }

    /// <summary>The types with check digits, and the US numbers without, a bit each.</summary>
    public UInt128 CheckedTypes { get; } = PiiTypes.All.Where(type => type.HasCheckDigits || type == PiiTypes.UsSsn || type == PiiTypes.UsItin).Aggregate(UInt128.Zero, (bits, type) => bits | (UInt128.One << type.Index));

    /// <summary>The identifiers of fixed form.</summary>
    public IdentifierIndex Identifiers { get; }

    /// <summary>The tenant's recognisers.</summary>
    public ImmutableArray<CustomMatcher> Custom { get; }

    /// <summary>Whether a type was chosen.</summary>
    public bool Wants(PiiType type) => _thresholds[type.Index] <= 1;

    /// <summary>The score from which the type of that number is found; above 1 where it was not chosen.</summary>
    public float Threshold(int type) => _thresholds[type];

    /// <summary>The finding of a candidate.</summary>
    public PiiFinding Finding(Candidate candidate) => new(Table[candidate.Type], new TextSpan(candidate.Start, candidate.End - candidate.Start), Math.Round(Math.Clamp(candidate.Score, 0, 1), 2), candidate.Checked);

    public static Settings Compile(PiiScannerOptions options)
    {
        if (options.Custom.Length > PiiScanner.MaxCustomRecognisers)
        {
            throw new ArgumentException($"There are {options.Custom.Length} recognisers; at most {PiiScanner.MaxCustomRecognisers} are allowed.", nameof(options));
        }

        PiiType[] table = [.. PiiTypes.All, .. options.Custom.Select(custom => custom.Type)];
        if (table.Select(type => type.Name).Distinct(StringComparer.Ordinal).Count() != table.Length)
        {
            throw new ArgumentException("Two recognisers have one name.", nameof(options));
        }

        var thresholds = new float[table.Length];
        var words = WordLists.Build();
        for (var i = 0; i < table.Length; i++)
        {
            var chosen = i >= PiiTypes.All.Length || options.Types.Contains(table[i]);
            var threshold = options.Thresholds.GetValueOrDefault(table[i].Name, options.Threshold);
            if (!(threshold is >= 0 and <= 1))
            {
                throw new ArgumentException("A threshold is not between 0 and 1.", nameof(options));
            }

            thresholds[i] = chosen ? (float)threshold : float.PositiveInfinity;
            foreach (var word in table[i].Context.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                words.Add(word, i);
            }
        }

        words.Freeze();
        var index = new IdentifierIndex(IdentifierRules.All.Where(rule => thresholds[rule.Type.Index] <= 1));
        var custom = options.Custom.Select((recogniser, i) => recogniser.Compile(PiiTypes.All.Length + i));
        return new Settings([.. options.Types, .. options.Custom.Select(recogniser => recogniser.Type)], table, thresholds, words, index, [.. custom]);
    }
}
