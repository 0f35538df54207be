namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>Tests that share one machine.</summary>
[CollectionDefinition(Name)]
public sealed class QemuGroup : ICollectionFixture<QemuStack>
{
    public const string Name = "qemu";
}
