// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

public sealed class ProgramClientTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-program-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_program_that_is_still_open_for_writing_is_retried()
    {
        var program = Path.Combine(folder, "program");
        File.WriteAllText(program, "#!/bin/sh\necho ran\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var writer = new FileStream(program, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var run = ProgramClient.RunAsync(program, []);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);
        await writer.DisposeAsync();
        Assert.Equal(new ProgramEnd(0, "ran\n", ""), await run);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_has_no_end() =>
        Assert.Null(await ProgramClient.RunAsync(Path.Combine(folder, "none"), []));
}
