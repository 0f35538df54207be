using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Amnion.Inference.Native;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Worker;

/// <summary>
/// Makes the runtime open what it would open later: assemblies are read from files the first time one of their types is
/// used, and after the filter no file can be opened. A NativeAOT build has nothing to open.
/// </summary>
static class RuntimeWarmup
{
    public static void Run()
    {
        // One type of every assembly that the worker's code refers to; type forwarders count as assemblies.
        GC.KeepAlive(new[]
        {
            typeof(LinkedList<int>), typeof(Stack<int>), typeof(Queue<int>), typeof(ConcurrentQueue<int>), typeof(Enumerable),
            typeof(Rune), typeof(Encoding), typeof(System.Diagnostics.Stopwatch), typeof(System.Buffers.Binary.BinaryPrimitives),
            typeof(System.Runtime.InteropServices.NativeMemory), typeof(System.Collections.Immutable.ImmutableArray<int>), typeof(Thread),
            typeof(System.Runtime.InteropServices.NativeLibrary), typeof(InlineArrayAttribute),
        });
        Exercise();
    }

    /// <summary>
    /// With the filter in force: a collection, an exception, and a thread, since those are what the runtime does by itself later.
    /// Where one of them needs a call that the filter refuses, the worker ends here and not in the middle of an answer.
    /// </summary>
    public static void Check()
    {
        Exercise();
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        var thread = new Thread(Exercise, maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>Runs the managed half of a request once: text, stops, frames, and an exception thrown and caught.</summary>
    static void Exercise()
    {
        var writer = new FrameWriter();
        using var filter = new OutputFilter(["\n\n"u8.ToArray()]);
        WorkerFrames.WriteText(writer, 1, 1, filter.Append("a\n\xC3\xA9"u8));
        WorkerFrames.WriteText(writer, 1, 1, filter.Flush());
        WorkerFrames.WriteDone(writer, 1, FinishReason.Stop, 1, 1);
        WorkerFrames.WriteEmbedding(writer, 1, 1, [1f]);
        RequestFrames.WriteCancel(writer, 1);
        var buffer = new FrameBuffer(FrameBuffer.MaxToWorker);
        writer.Written.CopyTo(buffer.Room());
        buffer.Received(writer.Written.Length);
        while (buffer.TryTake(out _, out var payload))
        {
            _ = GenerateReader.ReadId(payload);
            buffer.Release(payload.Length);
        }

        foreach (var failure in new Exception[] { new EngineException(FailureCode.RequestInvalid), new FrameFormatException(0, "warm-up", $"{1} is {FrameType.Load}") })
        {
            try
            {
                throw failure;
            }
            catch (Exception e) when (e is EngineException or FrameFormatException)
            {
                _ = e.Message;
            }
        }

        var list = new LinkedList<int>([1, 2]);
        list.RemoveFirst();
        _ = new Stack<int>(Enumerable.Range(0, 2).Reverse()).Pop();
        _ = list.Concat([1]).Any();
        using var tokens = new TokenList();
        tokens.Add(1);
    }
}
