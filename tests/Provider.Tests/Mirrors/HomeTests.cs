// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tests.Mirrors;

/// <summary>The home directory in which the user's registries.conf lies.</summary>
public sealed class HomeTests
{
    /// <summary>Go's os.UserHomeDir fails for an empty HOME too, and containers/storage then asks for the user's
    /// directory.</summary>
    [Theory]
    [InlineData(null, "/root")]
    [InlineData("", "/root")]
    [InlineData("/home/core", "/home/core")]
    public void Without_a_value_it_is_that_of_root(string? value, string home)
    {
        var node = new Node
        {
            Stdin = Stream.Null,
            Stdout = Stream.Null,
            Stderr = TextWriter.Null,
            StdinIsTerminal = false,
            StdoutIsTerminal = false,
            StderrIsTerminal = false,
            Environment = name => name == "HOME" ? value : null,
            Clock = () => DateTimeOffset.UtcNow,
            OpenJournal = _ => _ => { },
        };
        Assert.Equal(home, node.Home);
    }
}
