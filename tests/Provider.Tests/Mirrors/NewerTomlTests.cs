// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Mirrors;

/// <summary>The rows are those that BurntSushi/toml 1.5.0 rejects and 1.6.0 accepts, and near misses that both
/// accept.</summary>
public sealed class NewerTomlTests
{
    [Theory]
    [InlineData("a={\nb=1}", "1 an inline table over several lines")]
    [InlineData("a={b=1,\n  c=2\n}", "1 an inline table over several lines; 2 an inline table over several lines")]
    [InlineData("a={b=1,}", "1 a comma at the end of an inline table")]
    [InlineData(
        "x=1\na={b=1, # why\n}",
        "2 a comma at the end of an inline table; 2 an inline table over several lines"
    )]
    [InlineData("a=\"\\e[0m\"", "1 the escape \\e")]
    [InlineData("a=\"\"\"\n\\x41\"\"\"", "2 the escape \\x")]
    [InlineData("a=10:30", "1 a time without seconds")]
    [InlineData("a=2024-01-02T10:30Z", "1 a time without seconds")]
    [InlineData("a=2024-01-02 10:30", "1 a time without seconds")]
    [InlineData("a=2024-01-02T10:30+02:00", "1 a time without seconds")]
    [InlineData("a=[\n1,\n2,\n]", "")]
    [InlineData("a={b=[\n1,\n],c=2}", "")]
    [InlineData("a={b='''\n''',c=2}", "")]
    [InlineData("a={b=\"\"\"\n},\"\"\",c=2}", "")]
    [InlineData("a='\\e' # {,} \\x 10:30", "")]
    [InlineData("a=\"\\\\e\"", "")]
    [InlineData("a=10:30:00", "")]
    [InlineData("a=2024-01-02T10:30:00Z", "")]
    [InlineData("a=2024-01-02", "")]
    [InlineData("a=\"10:30\"\nb='10:30'", "")]
    [InlineData("[a.\"{\"]\nb=1\n[[c]]\nd=1,\n", "")]
    [InlineData("a=''''x'''''\nb={c=1}\n", "")]
    [InlineData("a='''x''''\nb={c=1,}\n", "2 a comma at the end of an inline table")]
    [InlineData("a=\"\"\"\"x\"\"\"\nb={c=1,}\n", "2 a comma at the end of an inline table")]
    [InlineData("a=\"\"\"\\\n\"\"\"\nb={c=1,}\n", "3 a comma at the end of an inline table")]
    [InlineData("a=\"\\n\"\nb={c=1,}\n", "2 a comma at the end of an inline table")]
    [InlineData("1=10:30:00", "")]
    [InlineData("a=\"x", "")]
    [InlineData("a=\"\\", "")]
    [InlineData("a={b=1,", "")]
    [InlineData("a={b=1, # why", "")]
    public void Each_form_of_TOML_1_1_is_found_with_its_line(string text, string expected) =>
        Assert.Equal(expected, string.Join("; ", NewerToml.Find(text).Select(form => $"{form.Line} {form.Form}")));

    [Fact]
    public void The_field_case_is_found_in_line_3()
    {
        var conf = Path.Combine(Repository.Root, "tests/field-cases/W7-toml-1.1-on-old-crio/registries.conf");
        List<RegistriesConfDocument> documents = [];
        _ = RegistriesConfLoader.Load(new RegistriesConfPaths(conf, "/nonexistent", "/nonexistent"), documents);
        Assert.Contains(
            new RegistriesConfRemark($"{conf}:4", "an inline table over several lines is TOML 1.1"),
            RegistriesConfReview.NewerForms(documents)
        );
    }
}
