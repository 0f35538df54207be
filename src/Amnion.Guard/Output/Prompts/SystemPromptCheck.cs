using Amnion.Guard.Output.Leaks;

namespace Amnion.Guard.Output.Prompts;

/// <summary>
/// Finds a system prompt in an answer (<see cref="OutputCodes.SystemPrompt"/>): runs of about six words or more in every reading that <see cref="KnownTextCheck"/> knows, its secrets, and paraphrases that keep its words; and a canary (<see cref="OutputCodes.Canary"/>).
/// A translation keeps none of these and is not found.
/// </summary>
public sealed class SystemPromptCheck : IAnswerCheck
{
    const int Expectation = 48;

    static readonly string[] s_codeWords = ["password", "passcode", "passphrase", "code", "secret", "phrase", "key", "pin", "keyword", "word"];

    readonly LeakViews _runs;
    readonly LeakViews? _canary;
    readonly PhraseLane[] _phrases;
    readonly Base64Bytes _base64;
    readonly HexBytes _hex;
    readonly WordOverlap _overlap;
    readonly int _firstPlain;
    AnswerHit? _paraphrase;
    readonly char[] _word = new char[12];
    int _wordLength;
    int _expectantUntil;
    int _fed;

    /// <summary>A check of one answer.</summary>
    /// <param name="prompt">The prompt of this conversation.</param>
    /// <param name="canary">The mark that stands in it, or null.</param>
    /// <param name="ownInput">The caller's own messages: a secret that the caller said may be repeated.</param>
    public SystemPromptCheck(SystemPrompt prompt, SessionCanary? canary = null, string ownInput = "")
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(ownInput);
        _runs = new LeakViews(prompt.Index, OutputCodes.SystemPrompt, "prompt.run", prompt.Threshold);
        _overlap = new WordOverlap(prompt.Words);
        if (canary is not null)
        {
            _canary = new LeakViews(new LeakIndexBuilder(LeakIndexOptions.ForPrompt).Add(canary.Text).Build(), OutputCodes.Canary, "prompt.canary", new RunThreshold(12, 12, 12));
        }

        var own = FoldedSymbol.Fold(ownInput);
        var secrets = prompt.Secrets.Where(secret => own.AsSpan().IndexOf(FoldedSymbol.Fold(secret.Phrase)) < 0).ToList();
        var turned = secrets.Where(static secret => secret.Phrase.Length >= 5).SelectMany(static secret => Turned(secret.Phrase)).Select(static phrase => new PromptSecret(phrase, IsWeak: false));
        var encoded = secrets.Where(static secret => secret.Phrase.Length >= 4).ToList();
        PhraseLane Lane(IEnumerable<PromptSecret> phrases) => new(phrases, OutputCodes.SystemPrompt, "prompt.secret");
        _phrases = [Lane(encoded), Lane(encoded), Lane(encoded), Lane(encoded), Lane(encoded), Lane(secrets), Lane(turned)];
        _firstPlain = 5;
        _base64 = new Base64Bytes([.. _phrases.Take(4).Select(static lane => new PhraseBytes(lane))]);
        _hex = new HexBytes(new PhraseBytes(_phrases[4]));
    }

    /// <inheritdoc/>
    public string Name => "prompt";

    /// <inheritdoc/>
    public int Held
    {
        get
        {
            var held = Math.Min(Math.Min(_runs.Held, _canary?.Held ?? _fed), Math.Min(_base64.Held(_fed), _hex.Held(_fed)));
            for (var i = _firstPlain; i < _phrases.Length; i++)
            {
                held = Math.Min(held, _phrases[i].Held(_fed));
            }

            return Math.Max(0, Math.Max(held, _fed - 512));
        }
    }

    /// <inheritdoc/>
    public void Feed(char character, int position, AnswerHits hits)
    {
        _fed = position + 1;
        _runs.Feed(character, position, hits);
        _canary?.Feed(character, position, hits);
        _base64.Feed(character, position, hits);
        _hex.Feed(character, position, hits);
        FollowWord(character, position);
        for (var i = _firstPlain; i < _phrases.Length; i++)
        {
            _phrases[i].IsExpectant = position < _expectantUntil;
            _phrases[i].Feed(character, position, position + 1, hits);
        }

        if (_paraphrase is not null)
        {
            _paraphrase.GrowTo(position + 1);
        }
        else if (_overlap.Feed(character))
        {
            // What came before is out; nothing more of it shall follow.
            _paraphrase = hits.Add(OutputCodes.SystemPrompt, "prompt.paraphrase", position, position + 1, 0.9);
        }
    }

    /// <inheritdoc/>
    public void Complete(int length, AnswerHits hits)
    {
        if (_paraphrase is null && _overlap.Feed(' '))
        {
            hits.Add(OutputCodes.SystemPrompt, "prompt.paraphrase", length, length, 0.9);
        }

        _base64.Complete(length, hits);
        _hex.Complete(hits);
        foreach (var lane in _phrases)
        {
            lane.Complete(hits);
        }
    }

    void FollowWord(char c, int position)
    {
        if (char.IsLetter(c))
        {
            if (_wordLength < _word.Length)
            {
                _word[_wordLength++] = char.ToLowerInvariant(c);
            }

            return;
        }

        foreach (var word in s_codeWords)
        {
            if (_word.AsSpan(0, _wordLength).SequenceEqual(word))
            {
                _expectantUntil = position + Expectation;
            }
        }

        _wordLength = 0;
    }

    static IEnumerable<string> Turned(string phrase)
    {
        var reversed = phrase.ToCharArray();
        Array.Reverse(reversed);
        yield return new string(reversed);
        yield return string.Concat(phrase.Select(static c => (char)FoldedSymbol.Rot13(c)));
    }
}
