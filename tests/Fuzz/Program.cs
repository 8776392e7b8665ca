// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Fuzz.Targets;
using SharpFuzz;

// Fuzz TARGET          runs the target for AFL++ (started by afl-fuzz)
// Fuzz TARGET FILE...  runs the target once for each file: this is how a finding is looked at
// Fuzz                 lists the targets
if (args.Length == 0)
{
    Console.WriteLine(string.Join('\n', FuzzTargets.All.Select(target => target.Name)));
    return 0;
}

if (FuzzTargets.All.FirstOrDefault(candidate => candidate.Name == args[0]) is not { } target)
{
    Console.Error.WriteLine(
        $"fuzz: there is no target \"{args[0]}\"; there are {string.Join(", ", FuzzTargets.All.Select(t => t.Name))}"
    );
    return 2;
}

if (args.Length == 1)
{
    using var input = new MemoryStream();
    Fuzzer.OutOfProcess.Run(stream =>
    {
        input.SetLength(0);
        stream.CopyTo(input);
        target.Run(input.ToArray());
    });
    return 0;
}

var failures = 0;
foreach (var file in args[1..])
{
    try
    {
        target.Run(File.ReadAllBytes(file));
        Console.WriteLine($"{file}: passes");
    }
    catch (Exception e)
    {
        failures++;
        Console.WriteLine($"{file}: {e}");
    }
}

return failures == 0 ? 0 : 1;
