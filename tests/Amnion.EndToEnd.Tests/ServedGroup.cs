namespace Amnion.EndToEnd.Tests;

/// <summary>Tests that look into processes and kill them.</summary>
[CollectionDefinition(Name)]
public sealed class ServedGroup : ICollectionFixture<ServedStack>
{
    public const string Name = "served";
}
