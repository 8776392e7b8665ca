// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.Yaml;

public sealed class YamlScalarTypeTests
{
    [Theory]
    [InlineData("yes", "Boolean")]
    [InlineData("off", "Boolean")]
    [InlineData("True", "Boolean")]
    [InlineData("y", "Boolean")]
    [InlineData("tRue", "Text")]
    [InlineData("~", "Null")]
    [InlineData("Null", "Null")]
    [InlineData("nULL", "Text")]
    [InlineData("1", "Number")]
    [InlineData("-1_000", "Number")]
    [InlineData("+1", "Number")]
    [InlineData("0x1f", "Number")]
    [InlineData("0X1F", "Number")]
    [InlineData("0b1", "Number")]
    [InlineData("-0b1", "Number")]
    [InlineData("0b2", "Text")]
    [InlineData("0b", "Text")]
    [InlineData("0o17", "Number")]
    [InlineData("0o8", "Text")]
    [InlineData("017", "Number")]
    [InlineData("08", "Number")]
    [InlineData("1e3", "Number")]
    [InlineData("1E-3", "Number")]
    [InlineData("1.", "Number")]
    [InlineData("1.e3", "Number")]
    [InlineData(".5", "Number")]
    [InlineData("+.5", "Number")]
    [InlineData("._5", "Text")]
    [InlineData(".5_0", "Text")]
    [InlineData(".", "Text")]
    [InlineData("+-1", "Text")]
    [InlineData("1e", "Text")]
    [InlineData("1e+", "Text")]
    [InlineData("1e999", "Text")]
    [InlineData("18446744073709551615", "Number")]
    [InlineData("18446744073709551616", "Number")]
    [InlineData("0xffffffffffffffff", "Number")]
    [InlineData("0x10000000000000000", "Text")]
    [InlineData("-0x8000000000000000", "Number")]
    [InlineData("-0x8000000000000001", "Text")]
    [InlineData("0x-1", "Text")]
    [InlineData(".inf", "Number")]
    [InlineData("-.Inf", "Number")]
    [InlineData(".nan", "Number")]
    [InlineData("inf", "Text")]
    [InlineData("1s", "Text")]
    [InlineData("1.2.3", "Text")]
    [InlineData("0xg", "Text")]
    [InlineData("--x", "Text")]
    [InlineData("12:30", "Text")]
    [InlineData("2026-01-02", "Text")]
    public void Plain_scalars_have_the_types_that_Kubernetes_gives_them(string text, string type)
    {
        var map = Assert.IsType<YamlMapping>(
            Assert.Single(YamlTree.Parse($"a: {text}\nb: '{text}'\nc: !!str {text}\n"))
        );
        Assert.Equal(type, ((YamlScalar)map.Find("a")!).Type.ToString());
        Assert.Equal(YamlScalarType.Text, ((YamlScalar)map.Find("b")!).Type);
        Assert.Equal(YamlScalarType.Text, ((YamlScalar)map.Find("c")!).Type);
    }
}
