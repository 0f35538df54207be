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
/// From data key to loaded model. One file at a time is opened into memory, checked, and, where the engine wants it, sealed. When all
/// are there the data key is erased and the engine started. A file that fails leaves nothing behind.
/// </summary>
sealed class ModelIntake(MeasuredBoot boot, IModelLoader loader) : IAsyncDisposable
{
    // Files the engine does not load are only checked; none of them is large.
    const long MaxOtherFile = 64L << 20;

    // Bytes that are hashed at a time.
    const int Step = 1 << 20;

    readonly SemaphoreSlim _one = new(1);
    readonly Dictionary<string, IWeightsFile> _taken = new(StringComparer.Ordinal);
    SecretBytes? _dataKey;
    volatile LoadedModel? _model;
    volatile EnclaveState _state = EnclaveState.AwaitingKey;

    /// <summary>How far it has come.</summary>
    public EnclaveState State => _model is { Engines.HasEnded: true } ? EnclaveState.Failed : _state;

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
            if (file is null || (file != boot.Manifest.Content.Weights && !loader.TakesEveryFile && file.PlainLength > MaxOtherFile))
            {
                throw new EnclaveRefusedException(EnclaveCodes.WeightsPath);
            }

            if (_taken.ContainsKey(path))
            {
                throw new EnclaveRefusedException(EnclaveCodes.WeightsNotExpected);
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

        foreach (var file in _taken.Values)
        {
            file.Dispose();
        }

        _dataKey?.Dispose();
        _one.Dispose();
    }

    bool IsWanted(ModelFile file) => loader.TakesEveryFile || file == boot.Manifest.Content.Weights;

    async Task ReceiveAsync(ModelFile file, Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> next, CancellationToken cancellation)
    {
        // What the engine does not get is checked in memory of its own and dropped.
        var target = IsWanted(file) ? loader.Create(file) : new MemoryWeights(WeightsMemory.Create(Math.Max(1, file.PlainLength)));
        try
        {
            await OpenAsync(file, target, next, cancellation).ConfigureAwait(false);
            Check(file, target);
            if (!IsWanted(file))
            {
                target.Erase();
                return;
            }

            target.Seal();
            _taken[file.Name] = target;
            await LoadWhereCompleteAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            _taken.Remove(file.Name);
            target.Erase();
            throw;
        }
    }

    async Task OpenAsync(ModelFile file, IWeightsFile target, Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> next, CancellationToken cancellation)
    {
        using var pipeline = new SegmentPipeline(_dataKey!, SealedModelPackage.AssociatedData(boot.Manifest.Digest, file.Name, file.PlainLength), target, file.PlainLength);
        while (await next(cancellation).ConfigureAwait(false) is { } piece)
        {
            await pipeline.PushAsync(piece, cancellation).ConfigureAwait(false);
        }

        pipeline.Complete();
    }

    void Check(ModelFile file, IWeightsFile target)
    {
        if (file != boot.Manifest.Content.Weights)
        {
            CheckDigest(file, target);
            return;
        }

        if (boot.Engine.Verify == "full")
        {
            CheckDigest(file, target);
        }

        CheckModel(file, target);
    }

    async Task LoadWhereCompleteAsync(CancellationToken cancellation)
    {
        var weights = boot.Manifest.Content.Weights;
        if (!(loader.TakesEveryFile ? boot.Manifest.Content.Files.All(file => _taken.ContainsKey(file.Name)) : _taken.ContainsKey(weights.Name)))
        {
            return;
        }

        Interlocked.Exchange(ref _dataKey, null)?.Dispose();
        _state = EnclaveState.Loading;
        try
        {
            var engines = await loader.LoadAsync(_taken[weights.Name], boot.Engine, cancellation).ConfigureAwait(false);
            _model = new LoadedModel(boot.Manifest.Content.Name, boot.Manifest.Template, boot.Engine.MaxTokens, engines);
            _state = EnclaveState.Ready;
        }
        catch (Exception e) when (e is InferenceException or ArgumentException or IOException)
        {
            throw new EnclaveRefusedException(loader.CanRetry ? EnclaveCodes.EngineLoad : EnclaveCodes.WorkloadLoad);
        }
        finally
        {
            if (_state != EnclaveState.Ready)
            {
                _state = loader.CanRetry ? EnclaveState.AwaitingKey : EnclaveState.Failed;
            }
        }
    }

    // Before any native code sees a byte of it.
    void CheckModel(ModelFile file, IWeightsFile target)
    {
        try
        {
            using var stream = new WeightsStream(target, file.PlainLength);
            boot.Manifest.CheckWeights(GgufFile.Read(stream, file.PlainLength));
        }
        catch (Exception e) when (e is GgufFormatException or ManifestFormatException or ChatTemplateException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WeightsFormat);
        }
    }

    static void CheckDigest(ModelFile file, IWeightsFile target)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var window = GC.AllocateUninitializedArray<byte>(Step, pinned: true);
        try
        {
            for (long offset = 0; offset < file.PlainLength; offset += Step)
            {
                var part = window.AsSpan(0, (int)Math.Min(Step, file.PlainLength - offset));
                target.Read(offset, part);
                hash.AppendData(part);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(window);
        }

        if (!CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), file.Sha256.Bytes))
        {
            throw new EnclaveRefusedException(EnclaveCodes.WeightsDigest);
        }
    }
}
