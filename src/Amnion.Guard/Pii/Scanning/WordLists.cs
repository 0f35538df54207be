namespace Amnion.Guard.Pii.Scanning;

/// <summary>The words that have a role of their own.</summary>
static class WordLists
{
    const string Against = "order orders part build tracking reference checksum invoice ticket commit version revision serial sku isbn ean upc hash build job item lot batch quantity qty price total amount bestellung bestellnummer rechnung auftrag commande facture pedido factura ordine fattura bestelling factuur error line port pid issue no";

    const string Titles = "mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend fr hon judge justice officer detective sergeant sgt captain capt lieutenant lt colonel col major maj nurse herr frau hr fr. monsieur madame mademoiselle mme mlle m señor señora señorita sr sra srta don doña senhor senhora signor signora signorina sig dott dottoressa dottor ing avv dhr mevr mevrouw meneer doctor";

    const string NameCues = "name names patient patients client customer applicant employee beneficiary cardholder insured member guardian spouse husband wife mother father son daughter brother sister contact attn attention signed sincerely regards dear hi hello hey vorname nachname kunde kundin patientin mandant versicherter nom prénom client assuré nombre apellido apellidos paciente cliente nome cognome paziente naam voornaam achternaam cliënt";

    const string Streets = "street st avenue ave road rd boulevard blvd lane ln drive dr court ct place pl square sq highway hwy parkway pkwy terrace ter trail trl circle cir way close crescent gardens grove mews row walk alley plaza pike turnpike loop run ridge hill crossing expressway freeway rue chemin allée impasse quai calle avenida paseo carrera via viale piazza corso rua travessa straat laan weg plein gracht straße strasse platz allee gasse damm ufer ring gata gatan vägen vej gade ulica katu";

    const string Months = "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre januari februari maart mei augustus janeiro fevereiro março maio junho julho setembro outubro novembro dezembro";

    const string Secrets = "password passwd pwd passphrase passcode pin kennwort passwort contraseña senha wachtwoord";

    const string Organisations = "inc ltd llc llp plc corp corporation company co gmbh ag kg ug sa sas sarl srl spa bv nv ab oy as group holdings bank university college school hospital clinic institute foundation association agency department ministry council committee society club church museum library orchestra band records airlines motors industries technologies systems solutions services consulting partners capital ventures studios entertainment media press news times journal magazine league cup championship festival award awards prize store market hotel restaurant cafe pharmacy laboratories labs analytics software";

    const string Particles = "van von de der den del della di da dos das du la le el al bin ibn ben ter ten zu zur af av y e st mac mc o d";

    const string Ordinaries = "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag christmas easter birthday merry happy princess prince king queen royal lawyer park lounge grille night today tomorrow tonight tonite danish swedish finnish english german french spanish italian dutch american british the this that these those it is we you they he she what who when where how why if and or but not yes please thanks thank good great order red blue black white i my your his her our their";

    const string States = "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr vi gu";

    /// <summary>A table with the role words; the types' context words are added to it.</summary>
    public static WordTable Build()
    {
        var table = new WordTable();
        Add(table, Against, WordRoles.Against);
        Add(table, Titles, WordRoles.Title);
        Add(table, NameCues, WordRoles.NameCue);
        Add(table, Streets, WordRoles.Street);
        Add(table, Months, WordRoles.Month);
        Add(table, Secrets, WordRoles.SecretCue);
        Add(table, Organisations, WordRoles.Organisation);
        Add(table, Particles, WordRoles.Particle);
        Add(table, States, WordRoles.State);
        Add(table, Ordinaries, WordRoles.Ordinary);
        return table;
    }

    static void Add(WordTable table, string words, WordRoles role)
    {
        foreach (var word in words.Split(' '))
        {
            table.Add(word, -1, role);
        }
    }
}
