using System.Collections.Immutable;
using Amnion.Guard.Packs;
using Amnion.Guard.Redaction;
using Amnion.Guard.Signatures;

namespace Amnion.Guard.Pipeline;

/// <summary>
/// One request and its answer: <see cref="Check"/> the texts once, then write the answer through <see cref="Answer"/>. It holds the values that were kept from the engine until it is disposed. Not thread-safe.
/// </summary>
public sealed class GuardSession : IDisposable
{
    /// <summary>The most characters of all texts together (16 Mi).</summary>
    public const int LongestConversation = 16 * 1024 * 1024;

    readonly CompiledPack _pack;
    readonly GuardCounts _counts = new();
    readonly SessionVault? _vault;
    ImmutableArray<GuardedText> _texts = [];
    ToolCallGuard? _calls;

    internal GuardSession(CompiledPack pack)
    {
        _pack = pack;
        _vault = pack is { Redactor: { } redactor, Pack.IsDryRun: false } ? redactor.NewVault() : null;
    }

    /// <summary>The pack's name.</summary>
    public string PackName => _pack.Pack.Name;

    /// <summary>True where nothing is changed or refused, only counted.</summary>
    public bool IsDryRun => _pack.Pack.IsDryRun;

    /// <summary>What was found so far and what was done about it, by code; the answer's part once it is over.</summary>
    public ImmutableArray<GuardCount> Counts => _counts.ToImmutable();

    /// <summary>Checks a conversation and makes the texts that the engine may see. Linear in their length.</summary>
    public GuardVerdict Check(IReadOnlyList<GuardedText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Sum(text => (long)text.Text.Length) > LongestConversation)
        {
            // Not looked at, so not passed on: a dry run cannot let it through either.
            _counts.Add(PackCodes.TooLong, GuardAction.Block);
            return new GuardVerdict([], [], PackCodes.TooLong);
        }

        _texts = [.. texts];
        var findings = texts.Select(_ => new List<GuardFinding>()).ToList();
        var refusedBy = Attacks(texts, findings);
        if (refusedBy is not null && !IsDryRun)
        {
            return new GuardVerdict([], Frozen(findings), refusedBy);
        }

        try
        {
            var passed = texts.Select((text, index) => Redact(text.Text, findings[index])).ToImmutableArray();
            return SetApart(texts, passed, Frozen(findings));
        }
        catch (VaultFullException)
        {
            _counts.Add(Pii.PiiCodes.VaultFull, GuardAction.Block);
            return new GuardVerdict([], Frozen(findings), Pii.PiiCodes.VaultFull);
        }
    }

    /// <summary>
    /// How sure the pack's attack checks are of one text, from 0 to 1: <see cref="Check"/> counts a finding from <see cref="AttackRules.Score"/> hundredths on. The highest of what the pack would do something about; 0 where it does not look. Counts nothing.
    /// </summary>
    public double AttackScore(GuardedText text) => _pack.Attacks?.Highest(text.Text, text.Channel) ?? 0;

    /// <summary>The arguments of a tool call, as the engine may see them: each string and number redacted, the JSON's shape kept. Null where the vault has no room; nothing may reach the engine then.</summary>
    public string? RedactJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return _pack.Redactor is null ? json : JsonStrings.Change(json, text => Redact(text, []));
        }
        catch (VaultFullException)
        {
            _counts.Add(Pii.PiiCodes.VaultFull, GuardAction.Block);
            return null;
        }
    }

    /// <summary>The arguments of a tool call by the model, with the values back in place of their surrogates, as the caller's tool needs them.</summary>
    public string RestoreJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return _vault is null ? json : JsonStrings.Change(json, text => Restorer.Restore(_vault, text));
    }

    /// <summary>A tool call by the model on its way out: its arguments with the values in place of their surrogates, or null where the policy refuses the call; the answer ends then.</summary>
    public string? PassCall(string tool, string arguments)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var restored = RestoreJson(arguments);
        return (_calls ??= new ToolCallGuard(_pack, _texts, _counts)).Passes(tool, restored) || IsDryRun ? restored : null;
    }

    /// <summary>What the model says goes through here on its way out.</summary>
    public AnswerGuard Answer() => new(_pack, _vault, _texts, _counts);

    /// <summary>Wipes the values that were kept from the engine.</summary>
    public void Dispose() => _vault?.Dispose();

    /// <summary>Frames documents and tool results, so that none can end where it does not end or pretend to be somebody.</summary>
    GuardVerdict SetApart(IReadOnlyList<GuardedText> texts, ImmutableArray<string> passed, ImmutableArray<ImmutableArray<GuardFinding>> findings)
    {
        if (IsDryRun || _pack.Pack.Tools?.Spotlight is not { } mode || !texts.Any(text => ToolCallGuard.IsUntrusted(text.Channel)))
        {
            return new GuardVerdict(passed, findings, null);
        }

        try
        {
            var spotlight = Spotlight.Create(passed);
            return new GuardVerdict([.. passed.Select((text, index) => ToolCallGuard.IsUntrusted(texts[index].Channel) ? spotlight.Apply(text, mode) : text)], findings, null) { Instruction = spotlight.Instruction(mode) };
        }
        catch (ArgumentException)
        {
            // Every private-use character stands in the texts: nobody writes that to be read.
            _counts.Add(SignatureCodes.Hidden, GuardAction.Block);
            return new GuardVerdict([], findings, SignatureCodes.Hidden);
        }
    }

    string? Attacks(IReadOnlyList<GuardedText> texts, List<List<GuardFinding>> findings)
    {
        string? refusedBy = null;
        if (_pack.Attacks is not { } scanner)
        {
            return null;
        }

        for (var i = 0; i < texts.Count; i++)
        {
            foreach (var finding in scanner.Scan(texts[i].Text, texts[i].Channel))
            {
                var action = scanner.ActionFor(texts[i].Channel, finding.Code);
                findings[i].Add(finding);
                _counts.Add(finding.Code, action);
                refusedBy ??= action == GuardAction.Block ? finding.Code : null;
            }
        }

        return refusedBy;
    }

    string Redact(string text, List<GuardFinding> findings)
    {
        if (_pack.Redactor is not { } redactor)
        {
            return text;
        }

        var redacted = IsDryRun ? new RedactedText(text, [.. CompiledPack.Recognisers.Scan(text)]) : redactor.Redact(text, _vault);
        foreach (var finding in redacted.Findings)
        {
            findings.Add(finding);
            _counts.Add(finding.Code, _pack.ActionFor(finding));
        }

        return redacted.Text;
    }

    static ImmutableArray<ImmutableArray<GuardFinding>> Frozen(List<List<GuardFinding>> findings) => [.. findings.Select(list => list.ToImmutableArray())];
}
