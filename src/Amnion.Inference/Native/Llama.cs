using System.Runtime.InteropServices;

namespace Amnion.Inference.Native;

/// <summary>
/// llama.h and ggml-backend.h of llama.cpp v0.5.0 (commit de3ff81), as far as the worker calls them. Layouts differ between
/// versions under one soname, so <see cref="EngineLibraries"/> checks the version before anything else is called.
/// </summary>
static unsafe partial class Llama
{
    public const string Library = "llama";
    public const string GgmlLibrary = "ggml";
    public const string GgmlBaseLibrary = "ggml-base";

    [LibraryImport(Library, EntryPoint = "llama_version")]
    public static partial byte* Version();

    [LibraryImport(Library, EntryPoint = "llama_log_set")]
    public static partial void SetLog(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, void* data);

    [LibraryImport(Library, EntryPoint = "llama_backend_init")]
    public static partial void InitializeBackend();

    [LibraryImport(GgmlLibrary, EntryPoint = "ggml_backend_load")]
    public static partial nint LoadBackend(byte* path);

    [LibraryImport(GgmlBaseLibrary, EntryPoint = "ggml_backend_reg_get_proc_address")]
    public static partial nint GetBackendFunction(nint backend, byte* name);

    [LibraryImport(GgmlBaseLibrary, EntryPoint = "ggml_threadpool_params_init")]
    public static partial void InitializeThreadPoolParams(ThreadPoolParams* parameters, int threads);

    [LibraryImport(Library, EntryPoint = "llama_model_default_params")]
    public static partial ModelParams DefaultModelParams();

    [LibraryImport(Library, EntryPoint = "llama_context_default_params")]
    public static partial ContextParams DefaultContextParams();

    [LibraryImport(Library, EntryPoint = "llama_model_load_from_file_ptr")]
    public static partial nint LoadModel(nint file, ModelParams parameters);

    [LibraryImport(Library, EntryPoint = "llama_model_free")]
    public static partial void FreeModel(nint model);

    [LibraryImport(Library, EntryPoint = "llama_init_from_model")]
    public static partial nint CreateContext(nint model, ContextParams parameters);

    [LibraryImport(Library, EntryPoint = "llama_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "llama_attach_threadpool")]
    public static partial void AttachThreadPool(nint context, nint pool, nint batchPool);

    [LibraryImport(Library, EntryPoint = "llama_n_ctx")]
    public static partial uint ContextTokens(nint context);

    [LibraryImport(Library, EntryPoint = "llama_get_memory")]
    public static partial nint GetMemory(nint context);

    [LibraryImport(Library, EntryPoint = "llama_memory_clear")]
    public static partial void ClearMemory(nint memory, byte data);

    [LibraryImport(Library, EntryPoint = "llama_memory_seq_rm")]
    public static partial byte RemoveSequence(nint memory, int sequence, int from, int to);

    [LibraryImport(Library, EntryPoint = "llama_model_get_vocab")]
    public static partial nint GetVocabulary(nint model);

    [LibraryImport(Library, EntryPoint = "llama_model_n_ctx_train")]
    public static partial int TrainedContextTokens(nint model);

    [LibraryImport(Library, EntryPoint = "llama_model_n_embd_out")]
    public static partial int EmbeddingLength(nint model);

    [LibraryImport(Library, EntryPoint = "llama_model_n_params")]
    public static partial ulong Parameters(nint model);

    [LibraryImport(Library, EntryPoint = "llama_model_desc")]
    public static partial int Describe(nint model, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "llama_vocab_n_tokens")]
    public static partial int VocabularySize(nint vocabulary);

    [LibraryImport(Library, EntryPoint = "llama_vocab_is_eog")]
    public static partial byte EndsGeneration(nint vocabulary, int token);

    [LibraryImport(Library, EntryPoint = "llama_vocab_bos")]
    public static partial int BeginToken(nint vocabulary);

    [LibraryImport(Library, EntryPoint = "llama_vocab_get_add_bos")]
    public static partial byte AddsBeginToken(nint vocabulary);

    [LibraryImport(Library, EntryPoint = "llama_vocab_get_suppress_tokens")]
    public static partial int* SuppressedTokens(nint vocabulary, int* count);

    [LibraryImport(Library, EntryPoint = "llama_tokenize")]
    public static partial int Tokenize(nint vocabulary, byte* text, int length, int* tokens, int capacity, byte addSpecial, byte parseSpecial);

    [LibraryImport(Library, EntryPoint = "llama_token_to_piece")]
    public static partial int TokenToPiece(nint vocabulary, int token, byte* buffer, int length, int stripLeft, byte special);

    [LibraryImport(Library, EntryPoint = "llama_decode")]
    public static partial int Decode(nint context, Batch batch);

    [LibraryImport(Library, EntryPoint = "llama_get_logits_ith")]
    public static partial float* GetLogits(nint context, int index);

    [LibraryImport(Library, EntryPoint = "llama_get_embeddings_seq")]
    public static partial float* GetSequenceEmbedding(nint context, int sequence);

    [LibraryImport(Library, EntryPoint = "llama_sampler_chain_init")]
    public static partial nint CreateSamplerChain(SamplerChainParams parameters);

    [LibraryImport(Library, EntryPoint = "llama_sampler_chain_add")]
    public static partial void AddSampler(nint chain, nint sampler);

    [LibraryImport(Library, EntryPoint = "llama_sampler_free")]
    public static partial void FreeSampler(nint sampler);

    [LibraryImport(Library, EntryPoint = "llama_sampler_apply")]
    public static partial void ApplySampler(nint sampler, TokenDataArray* candidates);

    [LibraryImport(Library, EntryPoint = "llama_sampler_accept")]
    public static partial void AcceptToken(nint sampler, int token);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_greedy")]
    public static partial nint CreateGreedy();

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_dist")]
    public static partial nint CreateDistribution(uint seed);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_top_k")]
    public static partial nint CreateTopK(int k);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_top_p")]
    public static partial nint CreateTopP(float p, nuint minKeep);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_min_p")]
    public static partial nint CreateMinP(float p, nuint minKeep);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_temp")]
    public static partial nint CreateTemperature(float temperature);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_penalties")]
    public static partial nint CreatePenalties(int vocabularySize, int lastTokens, float repeat, float frequency, float presence);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_logit_bias")]
    public static partial nint CreateLogitBias(int vocabularySize, int count, NativeLogitBias* biases);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_grammar")]
    public static partial nint CreateGrammar(nint vocabulary, byte* grammar, byte* root);
}
