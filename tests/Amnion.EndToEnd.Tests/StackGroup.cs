namespace Amnion.EndToEnd.Tests;

/// <summary>Tests that share one stack in this process.</summary>
[CollectionDefinition(Name)]
public sealed class StackGroup : ICollectionFixture<Stack>
{
    public const string Name = "stack";
}
