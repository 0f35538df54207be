using System.Collections.Immutable;
using Amnion.Models.Gguf;

namespace Amnion.Models.Chat;

/// <summary>
/// How a conversation becomes a prompt. A model's own template is a program (Jinja) from untrusted hands and is never run: it is
/// recognised by its markers, and the template of that family is applied here.
/// </summary>
public abstract class ChatTemplate
{
    private protected ChatTemplate()
    {
    }

    /// <summary>ChatML: Qwen, Hermes, SmolLM and others; with tools.</summary>
    public static ChatTemplate ChatMl { get; } = new ChatMlTemplate();

    /// <summary>Llama 3 instruct models.</summary>
    public static ChatTemplate Llama3 { get; } = new Llama3Template();

    /// <summary>Mistral instruct models with control tokens (v3 onwards), system text inside the first user turn.</summary>
    public static ChatTemplate Mistral { get; } = new MistralTemplate(hasSystemMarkers: false);

    /// <summary>Mistral instruct models with system markers (v7).</summary>
    public static ChatTemplate MistralV7 { get; } = new MistralTemplate(hasSystemMarkers: true);

    /// <summary>Gemma instruct models.</summary>
    public static ChatTemplate Gemma { get; } = new GemmaTemplate();

    /// <summary>Every known template.</summary>
    public static ImmutableArray<ChatTemplate> All { get; } = [ChatMl, Llama3, Mistral, MistralV7, Gemma];

    /// <summary>The name it has in manifests.</summary>
    public abstract string Name { get; }

    /// <summary>Control tokens it is made of; a vocabulary must hold each of them as a control token.</summary>
    public abstract ImmutableArray<string> ControlTokens { get; }

    /// <summary>Control tokens that end an answer, besides the model's end-of-sequence token; those absent from a vocabulary are passed over.</summary>
    public abstract ImmutableArray<string> StopTokens { get; }

    /// <summary>True where tools can be offered to the model.</summary>
    public virtual bool SupportsTools => false;

    /// <summary>The known template of that name, or null.</summary>
    public static ChatTemplate? Find(string? name) => All.FirstOrDefault(template => template.Name == name);

    /// <summary>The known template that Jinja text or a template's name stands for, or null where it stands for none or for several.</summary>
    public static ChatTemplate? Recognise(string? template)
    {
        if (template is null || Find(template) is { } named)
        {
            return Find(template);
        }

        bool Has(string marker) => template.Contains(marker, StringComparison.Ordinal);

        // Phi-4 and Llama 2 use the same markers to other ends.
        ImmutableArray<ChatTemplate> families =
        [
            .. Has("<|im_start|>") && !Has("<|im_sep|>") ? [ChatMl] : Array.Empty<ChatTemplate>(),
            .. Has("<|start_header_id|>") ? [Llama3] : Array.Empty<ChatTemplate>(),
            .. Has("<start_of_turn>") ? [Gemma] : Array.Empty<ChatTemplate>(),
            .. Has("[INST]") && !Has("<<SYS>>") ? [Has("[SYSTEM_PROMPT]") ? MistralV7 : Mistral] : Array.Empty<ChatTemplate>(),
        ];
        return families.Length == 1 ? families[0] : null;
    }

    /// <summary>
    /// Refuses a vocabulary in which a marker of this template is missing or is ordinary or added text (the engine turns added
    /// text into its token wherever it stands), and one whose other tokens merge into a marker or into a token that ends an
    /// answer: a user could then write turns of others.
    /// </summary>
    /// <exception cref="ChatTemplateException">Such a vocabulary.</exception>
    public void CheckVocabulary(GgufTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        foreach (var token in ControlTokens)
        {
            if (!tokenizer.IsControl(token))
            {
                throw new ChatTemplateException(ModelCodes.TemplateMarkers, $"The vocabulary does not hold \"{token}\" of template \"{Name}\" as a control token.");
            }
        }

        int?[] own = [tokenizer.BeginId, tokenizer.EndId];
        foreach (var token in ControlTokens.Concat(StopTokens).Concat(own.OfType<int>().Select(id => tokenizer.Tokens[id])).Distinct())
        {
            if (tokenizer.Find(token) is not null && tokenizer.CanBeMerged(token))
            {
                throw new ChatTemplateException(ModelCodes.TemplateMarkers, $"The vocabulary holds parts that merge into \"{token}\" of template \"{Name}\", so that text could become it.");
            }
        }
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="turns">The turns, oldest first.</param>
    /// <param name="tools">Tools to offer; must be empty unless <see cref="SupportsTools"/>.</param>
    /// <param name="addGenerationPrompt">True to end with the opening of the assistant's next turn.</param>
    /// <exception cref="ArgumentException">Tools or tool turns with a template that knows none, or a malformed tool.</exception>
    public ImmutableArray<TemplatePiece> Render(IReadOnlyList<ChatTurn> turns, IReadOnlyList<ChatTool> tools, bool addGenerationPrompt)
    {
        ArgumentNullException.ThrowIfNull(turns);
        ArgumentNullException.ThrowIfNull(tools);
        if (!SupportsTools && (tools.Count > 0 || turns.Any(turn => turn.Role == ChatRole.Tool || turn.ToolCalls.Length > 0)))
        {
            throw new ArgumentException($"Template \"{Name}\" knows no tools.", nameof(tools));
        }

        var builder = new TemplateBuilder();
        Write(builder, turns, tools, addGenerationPrompt);
        return builder.ToPieces();
    }

    /// <summary>As above, without tools.</summary>
    public ImmutableArray<TemplatePiece> Render(IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt) => Render(turns, [], addGenerationPrompt);

    /// <summary>The template's name.</summary>
    public override string ToString() => Name;

    private protected abstract void Write(TemplateBuilder builder, IReadOnlyList<ChatTurn> turns, IReadOnlyList<ChatTool> tools, bool addGenerationPrompt);

    /// <summary>The system turns' text, in order, for templates that have no turn for it.</summary>
    private protected static string SystemText(IReadOnlyList<ChatTurn> turns) =>
        string.Join("\n\n", turns.Where(turn => turn.Role == ChatRole.System).Select(turn => turn.Content.Trim()));
}
