// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>Reads the names in the <c>imagePullSecrets</c> of a <c>ServiceAccount</c>.</summary>
internal sealed class ServiceAccountDecoder
{
    /// <summary>Far more than are used (<see cref="PullSecretNames.Maximum"/>); further names are ignored.</summary>
    private const int MaximumNames = 1000;

    private readonly List<string> names = [];

    /// <summary>As stored: in the account's order, not validated.</summary>
    public IReadOnlyList<string> ImagePullSecrets => names;

    /// <summary>Reads a ServiceAccount, which is the reader's current message.</summary>
    public void Read(ProtobufReader reader)
    {
        while (reader.NextField())
        {
            if (reader.Field == KubernetesFields.ServiceAccount.ImagePullSecrets && names.Count < MaximumNames)
            {
                var outerEnd = reader.EnterMessage();
                names.Add(ReadName(reader));
                reader.LeaveMessage(outerEnd);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static string ReadName(ProtobufReader reader)
    {
        var name = "";
        while (reader.NextField())
        {
            if (reader.Field == KubernetesFields.LocalObjectReference.Name)
            {
                name = KubernetesEnvelope.ReadText(reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return name;
    }
}
