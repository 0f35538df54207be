using Amnion.Inference.Linux;

namespace Amnion.Inference.Pool;

/// <summary>Sends frames from a thread of its own: a busy worker may not read for the length of an evaluation.</summary>
sealed class FrameSender : IDisposable
{
    readonly UnixChannel channel;
    readonly object gate = new();
    readonly Queue<byte[]> frames = new();
    bool closed;

    public FrameSender(UnixChannel channel, string name)
    {
        this.channel = channel;
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    public void Send(byte[] frame)
    {
        lock (gate)
        {
            if (!closed)
            {
                frames.Enqueue(frame);
                Monitor.Pulse(gate);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            while (frames.TryDequeue(out var frame))
            {
                Array.Clear(frame);
            }

            Monitor.Pulse(gate);
        }
    }

    void Run()
    {
        while (true)
        {
            byte[]? frame;
            lock (gate)
            {
                while (!frames.TryDequeue(out frame))
                {
                    if (closed)
                    {
                        return;
                    }

                    Monitor.Wait(gate);
                }
            }

            var sent = channel.Write(frame);
            Array.Clear(frame);
            if (!sent)
            {
                // The worker is gone; its reader thread tells everybody.
                Dispose();
            }
        }
    }
}
