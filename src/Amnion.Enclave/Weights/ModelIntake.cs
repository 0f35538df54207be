using System.Security.Cryptography;
using Amnion.Enclave.Boot;
using Amnion.Enclave.Endpoint;
using Amnion.Inference;
using Amnion.Models.Chat;
using Amnion.Models.Gguf;
using Amnion.Models.Manifest;
using Amnion.Models.Sealed;
using Amnion.Sealing;

namespace Amnion.Enclave.Weights;

/// <summary>
/// From data key to loaded model. One file at a time is opened into a memory file, checked, and, where it holds the weights, sealed
/// and given to the engine. The data key is erased as soon as the weights are open. A file that fails leaves nothing behind.
/// </summary>
sealed class ModelIntake(MeasuredBoot boot, IModelLoader loader) : IAsyncDisposable
{
    // Files the engine does not load are only checked; none of them is large.
    const long MaxOtherFile = 64L << 20;

    // Windows of memory that are zeroed or hashed at a time.
    const int Step = 1 << 20;

    readonly SemaphoreSlim _one = new(1);
    SecretBytes? _dataKey;
    WeightsMemory? _weights;
    volatile LoadedModel? _model;
    volatile EnclaveState _state = EnclaveState.AwaitingKey;

    /// <summary>How far it has come.</summary>
    public EnclaveState State => _state;

    /// <summary>The loaded model, or null.</summary>
    public LoadedModel? Model => _model;

    /// <summary>Refuses where no data key is wanted.</summary>
    /// <exception cref="EnclaveRefusedException">There is one, or the model is loaded.</exception>
    public void CheckKeyWanted()
    {
        if (State != EnclaveState.AwaitingKey)
        {
            throw new EnclaveRefusedException(EnclaveCodes.KeyNotNeeded);
        }
    }

    /// <summary>Takes the data key over.</summary>
    public void TakeKey(SecretBytes dataKey)
    {
        if (State != EnclaveState.AwaitingKey || Interlocked.CompareExchange(ref _dataKey, dataKey, null) is not null)
        {
            dataKey.Dispose();
            throw new EnclaveRefusedException(EnclaveCodes.KeyNotNeeded);
        }

        _state = EnclaveState.AwaitingWeights;
    }

    /// <summary>Receives one file: <paramref name="next"/> gives its pieces in order, and null at its end.</summary>
    /// <exception cref="EnclaveRefusedException">Not expected, not in the manifest, altered, or not a model that may be loaded.</exception>
    public async Task ReceiveAsync(string path, Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> next, CancellationToken cancellation)
    {
        if (!await _one.WaitAsync(0, CancellationToken.None).ConfigureAwait(false))
        {
            throw new EnclaveRefusedException(EnclaveCodes.Busy);
        }

        try
        {
            if (State != EnclaveState.AwaitingWeights)
            {
                throw new EnclaveRefusedException(EnclaveCodes.WeightsNotExpected);
            }

            var file = boot.Manifest.Content.Files.FirstOrDefault(file => file.Name == path);
            if (file is null || (file != boot.Manifest.Content.Weights && file.PlainLength > MaxOtherFile))
            {
                throw new EnclaveRefusedException(EnclaveCodes.WeightsPath);
            }

            await ReceiveAsync(file, next, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Model is { } model)
        {
            await model.Engines.DisposeAsync().ConfigureAwait(false);
        }

        _weights?.Dispose();
        _dataKey?.Dispose();
        _one.Dispose();
    }

    async Task ReceiveAsync(ModelFile file, Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> next, CancellationToken cancellation)
    {
        var memory = WeightsMemory.Create(Math.Max(1, file.PlainLength));
        try
        {
            await OpenAsync(file, memory, next, cancellation).ConfigureAwait(false);
            if (file == boot.Manifest.Content.Weights)
            {
                await LoadAsync(file, memory, cancellation).ConfigureAwait(false);
                return;
            }

            CheckDigest(file, memory);
            Erase(memory);
        }
        catch
        {
            Erase(memory);
            throw;
        }
    }

    async Task OpenAsync(ModelFile file, WeightsMemory memory, Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> next, CancellationToken cancellation)
    {
        using var pipeline = new SegmentPipeline(_dataKey!, SealedModelPackage.AssociatedData(boot.Manifest.Digest, file.Name, file.PlainLength), memory, file.PlainLength);
        while (await next(cancellation).ConfigureAwait(false) is { } piece)
        {
            await pipeline.PushAsync(piece, cancellation).ConfigureAwait(false);
        }

        pipeline.Complete();
    }

    async Task LoadAsync(ModelFile file, WeightsMemory memory, CancellationToken cancellation)
    {
        if (boot.Engine.Verify == "full")
        {
            CheckDigest(file, memory);
        }

        CheckModel(file, memory);
        memory.Seal();
        Interlocked.Exchange(ref _dataKey, null)?.Dispose();
        _state = EnclaveState.Loading;
        try
        {
            var engines = await loader.LoadAsync(memory, boot.Engine, cancellation).ConfigureAwait(false);
            _weights = memory;
            _model = new LoadedModel(boot.Manifest.Content.Name, boot.Manifest.Template, boot.Engine.MaxTokens, engines);
            _state = EnclaveState.Ready;
        }
        catch (Exception e) when (e is InferenceException or ArgumentException or IOException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.EngineLoad);
        }
        finally
        {
            if (State != EnclaveState.Ready)
            {
                _state = EnclaveState.AwaitingKey;
            }
        }
    }

    // Before any native code sees a byte of it.
    void CheckModel(ModelFile file, WeightsMemory memory)
    {
        try
        {
            using var stream = new WeightsStream(memory, file.PlainLength);
            boot.Manifest.CheckWeights(GgufFile.Read(stream, file.PlainLength));
        }
        catch (Exception e) when (e is GgufFormatException or ManifestFormatException or ChatTemplateException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WeightsFormat);
        }
    }

    static void CheckDigest(ModelFile file, WeightsMemory memory)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; offset < file.PlainLength; offset += Step)
        {
            hash.AppendData(memory.Window(offset, (int)Math.Min(Step, file.PlainLength - offset)));
        }

        if (!CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), file.Sha256.Bytes))
        {
            throw new EnclaveRefusedException(EnclaveCodes.WeightsDigest);
        }
    }

    static void Erase(WeightsMemory memory)
    {
        // Sealed memory cannot be written any more; the kernel clears its pages when the last mapping is gone. Pages that were never
        // written are left alone: zeroing would allocate them.
        for (long offset = 0; !memory.IsSealed && offset < memory.Written; offset += Step)
        {
            CryptographicOperations.ZeroMemory(memory.Window(offset, (int)Math.Min(Step, memory.Written - offset)));
        }

        memory.Dispose();
    }
}
