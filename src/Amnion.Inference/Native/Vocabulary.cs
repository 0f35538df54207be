using Amnion.Inference.Protocol;

namespace Amnion.Inference.Native;

/// <summary>A model's tokenizer.</summary>
sealed unsafe class Vocabulary(nint vocabulary)
{
    public int Size { get; } = Llama.VocabularySize(vocabulary);

    public nint Pointer => vocabulary;

    /// <summary>The token that begins every text, or -1 where the model wants none.</summary>
    public int BeginToken { get; } = Llama.AddsBeginToken(vocabulary) != 0 ? Llama.BeginToken(vocabulary) : -1;

    /// <summary>Tokens that the model's file asks never to sample.</summary>
    public ReadOnlySpan<int> Suppressed
    {
        get
        {
            int count;
            var tokens = Llama.SuppressedTokens(vocabulary, &count);
            return tokens == null ? [] : new ReadOnlySpan<int>(tokens, count);
        }
    }

    public bool EndsGeneration(int token) => Llama.EndsGeneration(vocabulary, token) != 0;

    /// <summary>
    /// Appends the tokens of a text. Control tokens written out in it are meant only where it is special; elsewhere
    /// "&lt;|im_start|&gt;" becomes the tokens of its characters.
    /// </summary>
    public void Tokenize(ReadOnlySpan<byte> text, bool special, TokenList tokens)
    {
        if (text.IsEmpty)
        {
            return;
        }

        fixed (byte* start = text)
        {
            // At most one token a byte, and a few that the tokenizer puts in front.
            var room = tokens.Room(text.Length + 8);
            fixed (int* first = room)
            {
                var count = Llama.Tokenize(vocabulary, start, text.Length, first, room.Length, 0, special ? (byte)1 : (byte)0);
                if (count < 0)
                {
                    throw new EngineException(FailureCode.PromptTooLong);
                }

                tokens.Added(count);
            }
        }
    }

    /// <summary>The bytes of a token; control tokens have none. Zero where the buffer is too small, which no real token makes it.</summary>
    public int GetBytes(int token, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return Math.Max(Llama.TokenToPiece(vocabulary, token, start, buffer.Length, 0, 0), 0);
        }
    }
}
