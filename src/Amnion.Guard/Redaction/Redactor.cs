using System.Collections.Immutable;
using System.Text;
using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>Replaces personal data in a text by its policy's operators. Immutable, safe for several threads.</summary>
public sealed class Redactor
{
    readonly PiiScanner _scanner;
    readonly RedactionPolicy _policy;
    readonly ValueWriter _writer;

    /// <param name="scanner">Finds the data.</param>
    /// <param name="policy">What becomes of it.</param>
    /// <param name="pepper">The tenant's secret; needed where the policy hashes.</param>
    /// <param name="tokens">Makes tokens; needed where the policy tokenises.</param>
    /// <exception cref="ArgumentException">The policy needs what is not given, or masks all but more than four characters.</exception>
    public Redactor(PiiScanner scanner, RedactionPolicy policy, TenantPepper? pepper = null, IValueTokens? tokens = null)
        : this(scanner, policy, pepper, tokens, TimeProvider.System)
    {
    }

    internal Redactor(PiiScanner scanner, RedactionPolicy policy, TenantPepper? pepper, IValueTokens? tokens, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(scanner);
        ArgumentNullException.ThrowIfNull(policy);
        if ((policy.Uses<RedactionOperator.Hash>() && pepper is null) || (policy.Uses<RedactionOperator.Token>() && tokens is null))
        {
            throw new ArgumentException("The policy hashes without a pepper, or tokenises without a maker of tokens.", nameof(policy));
        }

        if (policy.Operators.Values.Append(policy.Default).Any(each => each is RedactionOperator.Mask { KeepLast: < 0 or > ValueWriter.MaxKept }))
        {
            throw new ArgumentException($"A mask keeps 0 to {ValueWriter.MaxKept} characters.", nameof(policy));
        }

        (_scanner, _policy, _writer) = (scanner, policy, new ValueWriter(pepper, tokens, clock));
    }

    /// <summary>A vault for a session of this redactor, in which all its types have room.</summary>
    public SessionVault NewVault() => new(_scanner.Types);

    /// <summary>Redacts one text. With a vault, every text of the session that reaches the engine must pass here: what looks like a surrogate is then the vault's own.</summary>
    /// <exception cref="ArgumentException">The policy makes surrogates and there is no vault.</exception>
    /// <exception cref="VaultFullException">The vault has no room; nothing of the text may reach the engine.</exception>
    public RedactedText Redact(ReadOnlySpan<char> text, SessionVault? vault = null)
    {
        if (vault is null && _policy.Uses<RedactionOperator.Surrogate>())
        {
            throw new ArgumentException("The policy makes surrogates and there is no vault.", nameof(vault));
        }

        var found = _scanner.Scan(text, out var beyond);
        var pieces = Pieces(text, [.. found, .. beyond], vault);
        var output = new StringBuilder(text.Length);
        var findings = ImmutableArray.CreateBuilder<GuardFinding>();
        var done = 0;
        foreach (var piece in pieces)
        {
            output.Append(text[done..piece.Span.Start]);
            var value = text.Slice(piece.Span.Start, piece.Span.Length);
            var chosen = piece.Type == SessionVault.Literal ? new RedactionOperator.Surrogate() : _policy.For(piece.Type);
            output.Append(chosen is RedactionOperator.Surrogate ? vault!.Surrogate(piece.Type, value) : _writer.Write(chosen, piece.Type, value));
            findings.Add(new GuardFinding(piece.Type.Code, piece.Type.Rule, piece.Span, piece.Score));
            done = piece.Span.End;
        }

        output.Append(text[done..]);
        findings.AddRange(found.Where(finding => _policy.For(finding.Type) is RedactionOperator.Keep).Select(finding => finding.ToGuardFinding()));
        return new RedactedText(output.ToString(), findings.DrainToImmutable());
    }

    List<Replacement> Pieces(ReadOnlySpan<char> text, ImmutableArray<PiiFinding> found, SessionVault? vault)
    {
        var pieces = new List<Replacement>();
        var repeated = new RepeatedValues();
        vault?.ForEach(repeated.Add);
        foreach (var finding in found)
        {
            if (_policy.For(finding.Type) is not RedactionOperator.Keep)
            {
                pieces.Add(new Replacement(finding.Type, finding.Span, finding.Score));
                repeated.Add(finding.Type, text.Slice(finding.Span.Start, finding.Span.Length));
            }
        }

        if (vault is not null)
        {
            ForeignSurrogates(text, vault, pieces);
        }

        repeated.Find(text, pieces);
        return United(pieces);
    }

    /// <summary>What only looks like a surrogate becomes a value of its own: restored it is what the caller typed, and never somebody's value.</summary>
    static void ForeignSurrogates(ReadOnlySpan<char> text, SessionVault vault, List<Replacement> pieces)
    {
        var at = 0;
        while (SurrogateSyntax.NextStart(text[at..]) is var next && next >= 0)
        {
            at += next;
            if (SurrogateSyntax.Read(text[at..], complete: true, vault, out _, out _, out var length) == SurrogateReading.Whole)
            {
                pieces.Add(new Replacement(SessionVault.Literal, new TextSpan(at, length), 1));
                at += length;
            }
            else
            {
                at++;
            }
        }
    }

    /// <summary>Overlapping pieces become one, of the longer one's kind.</summary>
    static List<Replacement> United(List<Replacement> pieces)
    {
        pieces.Sort((a, b) => a.Span.Start.CompareTo(b.Span.Start));
        var united = new List<Replacement>(pieces.Count);
        foreach (var piece in pieces)
        {
            if (united.Count == 0 || piece.Span.Start >= united[^1].Span.End)
            {
                united.Add(piece);
                continue;
            }

            var last = united[^1];
            var longer = piece.Span.Length > last.Span.Length ? piece : last;
            united[^1] = longer with { Span = new TextSpan(last.Span.Start, Math.Max(last.Span.End, piece.Span.End) - last.Span.Start) };
        }

        return united;
    }
}
