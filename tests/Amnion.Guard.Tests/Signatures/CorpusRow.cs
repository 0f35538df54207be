namespace Amnion.Guard.Tests.Signatures;

record CorpusRow(string Text, bool IsAttack, GuardChannel Channel, string Kind, string Transform, string Plain);
