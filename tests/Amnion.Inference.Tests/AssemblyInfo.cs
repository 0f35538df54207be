using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]
// Workers and tests share few processors; side by side they would only measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
