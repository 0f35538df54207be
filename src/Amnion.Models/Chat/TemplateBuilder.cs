using System.Collections.Immutable;
using System.Text;

namespace Amnion.Models.Chat;

/// <summary>Collects pieces; neighbouring text becomes one piece, so that it is tokenised as the model's own template would have it.</summary>
sealed class TemplateBuilder
{
    readonly ImmutableArray<TemplatePiece>.Builder _pieces = ImmutableArray.CreateBuilder<TemplatePiece>();
    readonly StringBuilder _text = new();

    public TemplateBuilder Special(string token)
    {
        Flush();
        _pieces.Add(new TemplatePiece(token, Special: true));
        return this;
    }

    public TemplateBuilder Text(string text)
    {
        _text.Append(text);
        return this;
    }

    public ImmutableArray<TemplatePiece> ToPieces()
    {
        Flush();
        return _pieces.ToImmutable();
    }

    void Flush()
    {
        if (_text.Length > 0)
        {
            _pieces.Add(new TemplatePiece(_text.ToString(), Special: false));
            _text.Clear();
        }
    }
}
