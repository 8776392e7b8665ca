// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Architecture;

/// <summary>scripts/check-source, which each build runs over its project's files.</summary>
public sealed class CheckSourceTests : IDisposable
{
    private const string License = "// SPDX-License-Identifier: Apache-2.0\n";

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-source-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_source_file_has_its_license_and_no_line_of_more_than_120_columns()
    {
        var column120 = new string('é', 120);
        var column121 = "\"" + new string('é', 120);
        Assert.Equal((0, ""), Check("src/A.cs", License + column120 + "\n"));
        Assert.Equal(
            (1, "src/A.cs(2,121): error CCP002: the line has 121 columns; at most 120\n"),
            Check("src/A.cs", License + column121 + "\n")
        );
        Assert.Equal(
            (1, "src/A.cs(1,1): error CCP001: the first line is not \"// SPDX-License-Identifier: Apache-2.0\"\n"),
            Check("src/A.cs", "using System;\n")
        );
    }

    [Fact]
    public void In_tests_only_data_is_wider()
    {
        var wide = new string('x', 121);
        Assert.Equal((0, ""), Check("tests/A.cs", $"{License}\"{wide}\"\n"));
        Assert.Equal((0, ""), Check("tests/A.cs", $"{License}\"\"\"\n{wide}\n\"\"\"\n"));
        Assert.Equal(
            (1, "tests/A.cs(4,121): error CCP002: the line has 121 columns; at most 120\n"),
            Check("tests/A.cs", $"{License}\"\"\"\n\"\"\"\n{wide}\n")
        );
    }

    private (int ExitCode, string Errors) Check(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        using var check = Process.Start(
            new ProcessStartInfo(Path.Combine(Repository.Root, "scripts/check-source"), [path])
            {
                RedirectStandardOutput = true,
            }
        )!;
        var errors = check.StandardOutput.ReadToEnd();
        check.WaitForExit();
        return (check.ExitCode, errors.Replace(folder + "/", "", StringComparison.Ordinal));
    }
}
